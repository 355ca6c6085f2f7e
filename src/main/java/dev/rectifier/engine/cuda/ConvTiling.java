package dev.rectifier.engine.cuda;

/**
 * The size of the tiles of a convolution, 32 or 64, one slab deep the same, so that the choice, in which R has a say, changes
 * no bit; and the pieces of a weight gradient's sum, in which it has none.
 *
 * @param replicas R
 * @param height rows of a replica's product
 * @param width columns of it
 * @param pieces of its sum
 */
record ConvTiling(long replicas, long height, long width, long pieces) {
    private static final int SMALL = 32;
    private static final int LARGE = 64;

    /** So many blocks give each multiprocessor of a large GPU about two. */
    private static final long FULL = 256;

    /** Blocks that one replica's weight gradient should have, and windows that a piece should have, at least. */
    private static final long ENOUGH = 64;

    private static final long LEAST_PIECE = 512;
    private static final long SLAB = 16;

    /** Pieces of the sum over {@code windows} in a weight gradient [height, width]. */
    static long pieces(long height, long width, long windows) {
        long tiles = Math.max(1, Grid.ceilDiv(height, LARGE) * Grid.ceilDiv(width, LARGE));
        long wanted = Math.max(1, Math.min(ENOUGH / tiles, windows / LEAST_PIECE));
        return Math.max(
                1, Grid.ceilDiv(windows, pieceLength(windows, wanted))); // an empty batch has one piece of nothing
    }

    /** Windows in a piece, a multiple of a slab. */
    static long pieceLength(long windows, long pieces) {
        return Math.max(1, Grid.ceilDiv(Grid.ceilDiv(windows, pieces), SLAB)) * SLAB;
    }

    int side() {
        boolean wide = Math.min(height, width) > SMALL;
        long blocks = Grid.ceilDiv(height, LARGE) * Grid.ceilDiv(width, LARGE) * replicas * pieces;
        return wide && blocks >= FULL ? LARGE : SMALL;
    }

    /** Puts the number of tiles and launches. */
    void run(Launch launch) {
        put(launch);
        launch.run(grid());
    }

    /** The same for pieces of {@code length}. */
    void run(Launch launch, long length) {
        put(launch);
        launch.size(length).integer(Math.toIntExact(pieces)).run(grid());
    }

    private void put(Launch launch) {
        launch.integer(Math.toIntExact(Grid.ceilDiv(height, side()) * Grid.ceilDiv(width, side())))
                .integer(Math.toIntExact(Grid.ceilDiv(width, side())));
    }

    private Grid grid() {
        return Grid.tiles(Math.multiplyExact(replicas, pieces), height, width, side());
    }
}
