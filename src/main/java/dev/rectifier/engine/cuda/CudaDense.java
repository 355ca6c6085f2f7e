package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.Optional;

/**
 * Products: our own kernels in one of four sizes ({@link Tiling}), or the library where {@link CuBlas#takes} it. Whether the
 * library takes it follows from the shapes of one replica alone. Our four sizes give the same bits. Where the mode is TF32 or
 * TF32X3, fp32 products that are ours go to tensor cores ({@link TensorTiling}).
 *
 * <p>What the contract joins to a product (ReLU and its mask, its derivative, the bias gradient) our kernels do on the way to
 * memory; behind the library it is an operation of its own, unless {@link CublasLt} does both at once.
 */
final class CudaDense implements DenseOps {
    private final Kernels kernels;
    private final PointwiseOps pointwise;
    private final Optional<CuBlas> library;
    private final Optional<CublasLt> joined;
    private final MathMode mode;

    /**
     * Products of an engine.
     *
     * @param library takes large products
     * @param joined takes them first, with what is joined to them
     */
    CudaDense(
            Kernels kernels,
            MathMode mode,
            PointwiseOps pointwise,
            Optional<CuBlas> library,
            Optional<CublasLt> joined) {
        this.joined = joined;
        this.kernels = kernels;
        this.mode = mode;
        this.pointwise = pointwise;
        this.library = library;
    }

    @Override
    public void forward(View y, View x, View w) {
        forward(y, Optional.empty(), x, w, Optional.empty());
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        forward(y, Optional.empty(), x, w, Optional.of(b));
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w) {
        forward(y, Optional.of(mask), x, w, Optional.empty());
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b) {
        forward(y, Optional.of(mask), x, w, Optional.of(b));
    }

    private void forward(View y, Optional<View> mask, View x, View w, Optional<View> bias) {
        Product product = new Product(Product.Kind.FORWARD, y, x, w, x.dim(1), w.dim(1), w.dim(2));
        if (bias.isPresent() && joined.isPresent() && joined.get().forward(product, bias.get(), mask)) {
            return;
        }
        if (byLibrary(product)) {
            bias.ifPresent(b -> startAtBias(y, b));
            library.orElseThrow().run(product, bias.isPresent());
            mask.ifPresent(m -> pointwise.relu(y, m, y));
            return;
        }
        Launch launch = launch(product).view(y);
        given(given(launch, mask).view(x).view(w), bias);
        run(launch, product, 0);
    }

    private Launch launch(Product product) {
        KernelTable kernel = byTensorCores(product)
                ? TensorTiling.of(product).kernel(product.kind(), mode)
                : Tiling.of(product).kernel(product.kind());
        return kernels.launch(kernel, product.dtype());
    }

    private void run(Launch launch, Product product, long beside) {
        if (byTensorCores(product)) {
            TensorTiling.of(product).run(launch, product);
        } else {
            Tiling.of(product).run(launch, product, beside);
        }
    }

    private boolean byTensorCores(Product product) {
        return mode.isTf32() && product.dtype() == DType.F32;
    }

    private static Launch given(Launch launch, Optional<View> view) {
        return view.isPresent() ? launch.view(view.get()) : launch.absent();
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
        inputGradient(dx, dy, w, Optional.empty());
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask) {
        inputGradient(dz, dy, w, Optional.of(mask));
    }

    private void inputGradient(View dx, View dy, View w, Optional<View> mask) {
        Product product = new Product(Product.Kind.INPUT_GRADIENT, dx, dy, w, dy.dim(1), w.dim(1), w.dim(2));
        if (byLibrary(product)) {
            library.orElseThrow().run(product, false);
            mask.ifPresent(m -> pointwise.reluBackward(dx, dx, m));
            return;
        }
        Launch launch = launch(product).view(dx).view(dy).view(w);
        given(launch, mask);
        run(launch, product, 0);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        Product product = weights(dw, dy, x);
        if (byLibrary(product)) {
            library.orElseThrow().run(product, false);
        } else {
            weightGradient(product, Optional.empty());
        }
    }

    /** In one launch, unless the library takes the product, or there are no weights for whose sake to launch. */
    @Override
    public void weightAndBiasGradient(View dw, View db, View dy, View x) {
        Product product = weights(dw, dy, x);
        if (joined.isPresent() && joined.get().weightAndBiasGradient(product, db)) {
            return;
        }
        if (byLibrary(product) || product.d() == 0) {
            DenseOps.super.weightAndBiasGradient(dw, db, dy, x);
        } else {
            weightGradient(product, Optional.of(db));
        }
    }

    private static Product weights(View dw, View dy, View x) {
        return new Product(Product.Kind.WEIGHT_GRADIENT, dw, dy, x, x.dim(1), dw.dim(1), dw.dim(2));
    }

    private void weightGradient(Product product, Optional<View> db) {
        Launch launch = launch(product).view(product.out());
        given(launch, db).view(product.left()).view(product.right());
        run(launch, product, db.isPresent() ? product.k() : 0);
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
}
