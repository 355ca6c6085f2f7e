package dev.rectifier.engine.cuda;

import dev.rectifier.engine.cuda.CudaDense.Product;

/**
 * Sizes of the product kernels; side 1: one thread per output. The choice is one of speed alone, all sizes give the same
 * bits. (Up to the sign of a zero, where slabs differ in depth; so R, on which no bit may depend, decides between 32 and 64
 * alone, whose slabs are of one depth.)
 */
enum Tiling {
    SMALL(1),
    TILE32(32),
    TILE64(64),
    TILE128(128);

    /** Fewer outputs would leave most of a tile empty. */
    private static final long SMALL_OUTPUTS = 512;

    private static final long SMALL_SIDE = 16;
    /** From so many outputs the wider tile is taken even for one replica. */
    private static final long TILE64_OUTPUTS = 1 << 14;

    private static final long TILE128_OUTPUTS = 1 << 20;
    /** So many blocks give each multiprocessor of a large GPU about two. */
    private static final long FULL = 256;

    private final int side;

    Tiling(int side) {
        this.side = side;
    }

    static Tiling of(Product product) {
        long outputs = product.height() * product.width();
        long shorter = Math.min(product.height(), product.width());
        if (outputs < SMALL_OUTPUTS || shorter < SMALL_SIDE) {
            return SMALL;
        }
        if (outputs >= TILE128_OUTPUTS) {
            return TILE128;
        }
        boolean full =
                shorter > TILE32.side && TILE64.tiles(product) * product.out().replicas() >= FULL;
        return full || outputs >= TILE64_OUTPUTS ? TILE64 : TILE32;
    }

    private long tiles(Product product) {
        return Grid.ceilDiv(product.height(), side) * Grid.ceilDiv(product.width(), side);
    }

    KernelTable kernel(Product.Kind kind) {
        return KernelTable.valueOf("DENSE_" + kind + "_" + this);
    }

    /** Puts the sizes and launches; {@code beside}: further outputs, for which a kernel of side 1 needs threads. */
    void run(Launch launch, Product product, long beside) {
        launch.size(product.out().replicas())
                .size(product.n())
                .size(product.k())
                .size(product.d());
        if (this == SMALL) {
            long outputs = product.height() * product.width() + beside;
            Grid grid = Grid.rows(product.out().replicas(), outputs, 1);
            launch.integer(grid.chunks()).run(grid);
            return;
        }
        Grid grid = Grid.tiles(product.out().replicas(), product.height(), product.width(), side);
        launch.integer(grid.chunks())
                .integer(Math.toIntExact(Grid.ceilDiv(product.width(), side)))
                .run(grid);
    }
}
