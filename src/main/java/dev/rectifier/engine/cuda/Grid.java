package dev.rectifier.engine.cuda;

/**
 * Blocks and threads of a launch, and how a row is cut; see {@code cuda/reduce.cuh} for the shapes. Everything but the number
 * of blocks follows from the sizes of one replica, so no sum depends on R.
 *
 * @param blocks along x, the only axis used
 * @param lanes threads along a row, blockDim.x
 * @param rows rows per block, blockDim.y
 * @param chunks pieces a row is cut into, each a block's work
 * @param chunkSize elements of a piece, where the kernel loops over it
 */
record Grid(long blocks, int lanes, int rows, int chunks, long chunkSize) {
    static final int BLOCK = 256;
    static final int WARP = 32;
    /** Rows up to this long are reduced by one warp. */
    private static final int WARP_ROW = 1024;
    /** Longer rows are reduced in pieces of this length, the pieces' sums in a second launch. */
    private static final int PIECE = 1 << 16;
    /** So many blocks give every multiprocessor of a large GPU eight. */
    private static final int FILLING = 1024;

    private static final int LEAST_PIECE = 1 << 11;

    /** {@code items} elements per thread; short rows share a block. */
    static Grid rows(long count, long size, int items) {
        long threads = Math.max(ceilDiv(size, items), 1);
        int lanes = Math.max(WARP, Math.min(BLOCK, powerOfTwo(threads)));
        int rows = BLOCK / lanes;
        long chunks = ceilDiv(threads, lanes);
        return new Grid(ceilDiv(count, rows) * chunks, lanes, rows, Math.toIntExact(chunks), 0);
    }

    /** A row is summed by a warp, a block, or several blocks, as it is long; {@code unit} indivisible elements. */
    static Grid reduction(long count, long size, long unit) {
        long pieces = Math.max(ceilDiv(size, PIECE), 1);
        long chunkSize = ceilDiv(ceilDiv(size, pieces), unit) * unit;
        int chunks = Math.toIntExact(Math.max(ceilDiv(size, Math.max(chunkSize, 1)), 1));
        int lanes = size <= WARP_ROW ? WARP : BLOCK;
        int rows = BLOCK / lanes;
        return new Grid(ceilDiv(count, rows) * chunks, lanes, rows, chunks, Math.max(chunkSize, 1));
    }

    /**
     * A long row in pieces whose results do not depend on the cut: enough of them, over all rows, for a large GPU, and not so
     * many that what every piece has to do once would weigh.
     */
    static Grid elementwise(long count, long size) {
        long share = ceilDiv(Math.multiplyExact(Math.max(count, 1), size), FILLING);
        long chunkSize = ceilDiv(Math.max(LEAST_PIECE, Math.min(PIECE, share)), BLOCK) * BLOCK;
        int chunks = Math.toIntExact(Math.max(ceilDiv(size, chunkSize), 1));
        return new Grid(Math.multiplyExact(count, (long) chunks), BLOCK, 1, chunks, chunkSize);
    }

    /** A row is worked on by one warp or one block. */
    static Grid wholeRows(long count, long size) {
        int lanes = size <= WARP_ROW ? WARP : BLOCK;
        int rows = BLOCK / lanes;
        return new Grid(ceilDiv(count, rows), lanes, rows, 1, size);
    }

    /** {@code lanes} threads per row, as many rows as a block holds. */
    static Grid groups(long count, int lanes) {
        int rows = BLOCK / lanes;
        return new Grid(ceilDiv(count, rows), lanes, rows, 1, 0);
    }

    /** 32 columns of one replica per block, 8 threads to a column. */
    static Grid columns(long replicas, long columns) {
        int chunks = Math.toIntExact(ceilDiv(columns, WARP));
        return new Grid(replicas * chunks, WARP, BLOCK / WARP, chunks, 0);
    }

    /** One block of 256 threads per square tile of {@code side}; chunks = tiles of one replica. */
    static Grid tiles(long replicas, long height, long width, int side) {
        int tiles = Math.toIntExact(Math.multiplyExact(ceilDiv(height, side), ceilDiv(width, side)));
        return new Grid(Math.multiplyExact(replicas, tiles), BLOCK, 1, tiles, 0);
    }

    /** The same blocks with their threads as warps x 8. */
    Grid asWarps() {
        return new Grid(blocks, WARP, BLOCK / WARP, chunks, chunkSize);
    }

    /** Smallest power of two that holds {@code n}, at most {@link #WARP}: lanes that share an example of n outputs. */
    static int group(long n) {
        return Math.min(WARP, powerOfTwo(n));
    }

    private static int powerOfTwo(long n) {
        return n <= 1 ? 1 : (int) Math.min(1L << 30, Long.highestOneBit(n - 1) << 1);
    }

    static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    @Override
    public String toString() {
        return "grid " + blocks + " x block (" + lanes + ", " + rows + ")";
    }
}
