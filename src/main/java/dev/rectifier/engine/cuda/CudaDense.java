package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.Optional;

/**
 * Products: our own kernels in one of four sizes, or the library where {@link CuBlas#takes} it. Both choices follow from the
 * shapes of one replica alone. Our four sizes give the same bits.
 */
final class CudaDense implements DenseOps {
    /** Up to so many outputs a tile would be mostly empty. */
    private static final long SMALL_OUTPUTS = 1024;

    private static final long SMALL_SIDE = 16;
    /** From so many outputs the wider tile fills a GPU's processors. */
    private static final long TILE64_OUTPUTS = 1 << 14;

    private static final long TILE128_OUTPUTS = 1 << 20;

    private final Kernels kernels;
    private final Optional<CuBlas> library;

    CudaDense(Kernels kernels, Optional<CuBlas> library) {
        this.kernels = kernels;
        this.library = library;
    }

    @Override
    public void forward(View y, View x, View w) {
        forward(y, x, w, Optional.empty());
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        forward(y, x, w, Optional.of(b));
    }

    private void forward(View y, View x, View w, Optional<View> bias) {
        Product product = new Product(Product.Kind.FORWARD, y, x, w, x.dim(1), w.dim(1), w.dim(2));
        if (byLibrary(product)) {
            bias.ifPresent(b -> startAtBias(y, b));
            library.orElseThrow().run(product, bias.isPresent());
            return;
        }
        Tiling tiling = Tiling.of(product);
        Launch launch = kernels.launch(tiling.kernel(product.kind()), y.dtype())
                .view(y)
                .view(x)
                .view(w);
        bias.ifPresentOrElse(launch::view, launch::absent);
        tiling.run(launch, product);
    }

    private void startAtBias(View y, View b) {
        Grid grid = Grid.rows(y.replicas() * y.dim(1), y.dim(2), 1);
        kernels.launch(KernelTable.DENSE_BIAS_ROWS, y.dtype())
                .view(y)
                .view(b)
                .size(y.replicas())
                .size(y.dim(1))
                .size(y.dim(2))
                .integer(grid.chunks())
                .run(grid);
    }

    @Override
    public void inputGradient(View dx, View dy, View w) {
        product(new Product(Product.Kind.INPUT_GRADIENT, dx, dy, w, dy.dim(1), w.dim(1), w.dim(2)));
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        product(new Product(Product.Kind.WEIGHT_GRADIENT, dw, dy, x, x.dim(1), dw.dim(1), dw.dim(2)));
    }

    private void product(Product product) {
        if (byLibrary(product)) {
            library.orElseThrow().run(product, false);
            return;
        }
        Tiling tiling = Tiling.of(product);
        tiling.run(
                kernels.launch(tiling.kernel(product.kind()), product.out().dtype())
                        .view(product.out())
                        .view(product.left())
                        .view(product.right()),
                product);
    }

    private boolean byLibrary(Product product) {
        return library.isPresent() && library.get().takes(product);
    }

    @Override
    public void biasGradient(View db, View dy) {
        Grid grid = Grid.columns(dy.replicas(), dy.dim(2));
        kernels.launch(KernelTable.DENSE_BIAS_GRADIENT, dy.dtype())
                .view(db)
                .view(dy)
                .size(dy.replicas())
                .size(dy.dim(1))
                .size(dy.dim(2))
                .integer(grid.chunks())
                .run(grid);
    }

    /**
     * One product of R replicas.
     *
     * @param n examples
     * @param k units
     * @param d inputs
     */
    record Product(Kind kind, View out, View left, View right, long n, long k, long d) {
        enum Kind {
            FORWARD,
            INPUT_GRADIENT,
            WEIGHT_GRADIENT
        }

        /** Rows of the output. */
        long height() {
            return kind == Kind.WEIGHT_GRADIENT ? k : n;
        }

        /** Columns of the output. */
        long width() {
            return kind == Kind.FORWARD ? k : d;
        }

        /** Terms of each sum. */
        long depth() {
            return switch (kind) {
                case FORWARD -> d;
                case INPUT_GRADIENT -> k;
                case WEIGHT_GRADIENT -> n;
            };
        }

        DType dtype() {
            return out.dtype();
        }
    }

    /** Sizes of the product kernels; side 1: one thread per output. */
    private enum Tiling {
        SMALL(1),
        TILE32(32),
        TILE64(64),
        TILE128(128);

        private final int side;

        Tiling(int side) {
            this.side = side;
        }

        static Tiling of(Product product) {
            long outputs = product.height() * product.width();
            if (outputs <= SMALL_OUTPUTS || Math.min(product.height(), product.width()) < SMALL_SIDE) {
                return SMALL;
            }
            if (outputs < TILE64_OUTPUTS) {
                return TILE32;
            }
            return outputs < TILE128_OUTPUTS ? TILE64 : TILE128;
        }

        KernelTable kernel(Product.Kind kind) {
            return KernelTable.valueOf("DENSE_" + kind + "_" + this);
        }

        void run(Launch launch, Product product) {
            launch.size(product.out().replicas())
                    .size(product.n())
                    .size(product.k())
                    .size(product.d());
            if (this == SMALL) {
                Grid grid = Grid.rows(product.out().replicas(), product.height() * product.width(), 1);
                launch.integer(grid.chunks()).run(grid);
                return;
            }
            Grid grid = Grid.tiles(product.out().replicas(), product.height(), product.width(), side);
            launch.integer(grid.chunks())
                    .integer(Math.toIntExact(Grid.ceilDiv(product.width(), side)))
                    .run(grid);
        }
    }
}
