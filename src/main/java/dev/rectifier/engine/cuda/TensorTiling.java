package dev.rectifier.engine.cuda;

import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.cuda.CudaDense.Product;

/** Sizes of the products by tensor cores. The sizes of one replica decide, so R can change no bit, whatever the cores do. */
enum TensorTiling {
    TILE32(32),
    TILE64(64);

    private static final int THREADS = 128;
    /** From so many outputs the wider tile is taken: a guess until it is measured. */
    private static final long TILE64_OUTPUTS = 1 << 11;

    private final int side;

    TensorTiling(int side) {
        this.side = side;
    }

    static TensorTiling of(Product product) {
        boolean wide = Math.min(product.height(), product.width()) > TILE32.side;
        return wide && product.height() * product.width() >= TILE64_OUTPUTS ? TILE64 : TILE32;
    }

    KernelTable kernel(Product.Kind kind, MathMode mode) {
        return KernelTable.valueOf("DENSE_" + kind + "_" + mode + "_" + this);
    }

    /** Puts the sizes and launches. */
    void run(Launch launch, Product product) {
        Grid grid = Grid.tiles(product.out().replicas(), product.height(), product.width(), side);
        launch.size(product.out().replicas())
                .size(product.n())
                .size(product.k())
                .size(product.d())
                .integer(grid.chunks())
                .integer(Math.toIntExact(Grid.ceilDiv(product.width(), side)))
                .run(new Grid(grid.blocks(), THREADS, 1, grid.chunks(), 0));
    }
}
