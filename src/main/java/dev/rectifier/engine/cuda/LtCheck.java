package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CudaDense.Product;
import dev.rectifier.engine.cuda.LtRequest.Epilogue;
import dev.rectifier.engine.cuda.LtRunner.Job;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Small products with known answers, before the first real one: what the documentation leaves open (the order of a mask's
 * bits, what the ReLU makes of a NaN, whether one algorithm sums alike under two epilogues) is asked of the device. What
 * does not do as the contract wants is not used. Costs some six products of a few thousand terms per element type.
 */
final class LtCheck {
    private static final int R = 2;
    private static final int N = 8;
    private static final int W = 256;
    private static final int D = 16;

    private final LtRunner runner;
    private final Arena arena;
    private final MathMode mode;
    private final List<String> faults = new ArrayList<>();

    LtCheck(LtRunner runner, Arena arena, MathMode mode) {
        this.runner = runner;
        this.arena = arena;
        this.mode = mode;
    }

    LtVerdict of(DType type) {
        faults.clear();
        Layer exact = new Layer(type, true);
        boolean bias = sumsRight(exact);
        boolean relu = bias && rectifies(exact) && rectifies(new Layer(type, false));
        boolean wanted = !runner.perReplica() && (mode != MathMode.TF32 || type == DType.F64);
        boolean gradient = wanted && gradients(exact);
        return new LtVerdict(bias, relu, gradient, faults);
    }

    private boolean holds(boolean condition, String otherwise) {
        if (!condition) {
            faults.add(otherwise);
        }
        return condition;
    }

    /** A layer on the device. Whole numbers: every order of summation gives the same; else fractions. */
    private final class Layer {
        private final DType type;
        private final HostTensor x;
        private final HostTensor w;
        private final HostTensor b;
        private final HostTensor dy;
        private final Job forward;
        private final Job backward;

        Layer(DType type, boolean whole) {
            this.type = type;
            this.x = LtCheckValues.of(type, whole, 1, R, N, D);
            this.w = LtCheckValues.of(type, whole, 2, R, W, D);
            this.b = LtCheckValues.of(type, whole, 3, R, W);
            this.dy = LtCheckValues.of(type, whole, 4, R, N, W);
            LtCheckValues.plantSpecials(w);
            View input = arena.upload(x).view();
            this.forward = Job.of(
                    new Product(
                            Product.Kind.FORWARD,
                            out(N, W),
                            input,
                            arena.upload(w).view(),
                            N,
                            W,
                            D),
                    arena.upload(b).view(),
                    Epilogue.BIAS);
            this.backward = Job.of(
                    new Product(
                            Product.Kind.WEIGHT_GRADIENT,
                            out(W, D),
                            arena.upload(dy).view(),
                            input,
                            N,
                            W,
                            D),
                    out(W),
                    Epilogue.BGRADB);
        }

        private View out(long... extents) {
            return arena.allocate(type, Shape.of(extents).prepend(R)).view();
        }

        private LtLibrary.Pair forwardPlans() {
            return runner.plans(forward, Optional.of(Epilogue.RELU_AUX_BIAS));
        }
    }

    /** b + x w^T of whole numbers, infinities and NaNs against the same on the host. */
    private boolean sumsRight(Layer layer) {
        Optional<LtLibrary.Plan> plan = layer.forwardPlans().plain();
        if (!holds(plan.isPresent(), "it has no algorithm for a product with a bias")) {
            return false;
        }
        HostTensor expected = LtCheckValues.affine(layer.x, layer.w, layer.b);
        return holds(
                LtCheckValues.same(run(plan.get(), layer.forward), expected),
                "a product with a bias does not give the right numbers");
    }

    private HostTensor run(LtLibrary.Plan plan, Job job) {
        runner.run(plan, job, Optional.empty());
        return job.product().out().download();
    }

    /** ReLU and mask in the product against those of its output without them, to the bit. */
    private boolean rectifies(Layer layer) {
        LtLibrary.Pair plans = layer.forwardPlans();
        if (!holds(plans.joined().isPresent(), "it has no algorithm for a product with a ReLU and its mask")) {
            return false;
        }
        HostTensor z = run(plans.plain().orElseThrow(), layer.forward);
        View mask = arena.zeros(DType.I32, Shape.of(R, PointwiseOps.maskWords((long) N * W)))
                .view();
        runner.run(plans.joined().orElseThrow(), layer.forward, Optional.of(mask));
        HostTensor y = layer.forward.product().out().download();
        boolean values = holds(
                LtCheckValues.same(y, LtCheckValues.rectified(z)),
                "its ReLU does not give max(z, 0), or not that of the same sums (a NaN must stay one)");
        return holds(
                        LtCheckValues.same(mask.download(), LtCheckValues.gates(z)),
                        "its mask does not have the gate of element i in bit i")
                && values;
    }

    /** The weight gradient and the bias gradient of whole numbers against the host. */
    private boolean gradients(Layer layer) {
        Optional<LtLibrary.Plan> plan =
                runner.plans(layer.backward, Optional.empty()).plain();
        if (!holds(plan.isPresent(), "it has no algorithm for a weight gradient with the bias gradient")) {
            return false;
        }
        HostTensor dw = run(plan.get(), layer.backward);
        boolean weights = holds(
                LtCheckValues.same(dw, LtCheckValues.products(layer.dy, layer.x)), "its weight gradient is not dy^T x");
        return holds(
                        LtCheckValues.same(layer.backward.bias().download(), LtCheckValues.columnSums(layer.dy)),
                        "its bias gradient is not the sum over the examples")
                && weights;
    }
}
