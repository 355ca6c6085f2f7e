package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.NormScene;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Batch normalisation against libtorch in fp64, forward, backward and double backward.
 *
 * <p>phi(x, scale, shift, dy) = sum dy y has the gradient (dx, dscale, dshift, y); libtorch's gradient of that gradient's inner
 * product with a direction is the Hessian's product with the direction, which here is (tdx, tdscale, tdshift, ty).
 *
 * <p>Both sides sum M terms of magnitude 1 per channel and do some 30 operations with the sums: M + 30 roundings of what is at
 * most s^2 M times as large, doubled for the two sides, with s below 3.
 */
class TorchNormTest extends OnEveryEngine {
    private static final double SCALED_ROOT = 9;

    private static final List<Shape> SHAPES =
            List.of(Shape.of(40, 5), Shape.of(600, 33), Shape.of(6, 4, 5, 3), Shape.of(2, 3, 48, 40));

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void trainingModeIsThatOfLibtorch(EngineSource.Present on) {
        for (Shape extents : SHAPES) {
            NormScene scene = NormScene.random(DType.F64, 1, extents, 31);
            NormScene.Results ours = scene.training(on.engine());
            require(extents, ours, derivatives(scene, new TensorOptional(), new TensorOptional(), true));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void evaluationModeIsThatOfLibtorch(EngineSource.Present on) {
        for (Shape extents : SHAPES) {
            NormScene scene = NormScene.random(DType.F64, 1, extents, 32);
            HostTensor mean = scene.shift();
            HostTensor variance = HostTensor.zeros(DType.F64, mean.shape());
            for (int i = 0; i < variance.length(); i++) {
                variance.set(i, 0.25 + Math.abs(scene.scale().get(i)));
            }
            NormScene.Results ours = scene.evaluation(on.engine(), mean, variance);
            TensorOptional given = new TensorOptional(flat(mean));
            require(extents, ours, derivatives(scene, given, new TensorOptional(flat(variance)), false));
        }
    }

    private static Tensor flat(HostTensor channels) {
        return Torch.tensor(channels.toDoubles(), channels.shape().tail());
    }

    private static Tensor whole(HostTensor values) {
        return Torch.tensor(values.toDoubles(), values.shape().tail());
    }

    /** dx, dscale, dshift, y, and their derivatives in the scene's direction. */
    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static double[][] derivatives(
            NormScene scene, TensorOptional mean, TensorOptional variance, boolean training) {
        try (PointerScope scope = new PointerScope()) {
            Tensor[] inputs = {whole(scene.x()), flat(scene.scale()), flat(scene.shift()), whole(scene.dy())};
            Tensor[] directions = {whole(scene.tx()), flat(scene.tscale()), flat(scene.tshift()), whole(scene.tdy())};
            Arrays.stream(inputs).forEach(input -> input.set_requires_grad(true));
            Tensor y = torch.batch_norm(
                    inputs[0],
                    new TensorOptional(inputs[1]),
                    new TensorOptional(inputs[2]),
                    mean,
                    variance,
                    training,
                    0.1,
                    NormScene.EPS,
                    false);
            TensorVector first = gradient(y.mul(inputs[3]).sum(), inputs);
            Tensor along = first.get(0).mul(directions[0]).sum();
            for (int i = 1; i < inputs.length; i++) {
                along = along.add(first.get(i).mul(directions[i]).sum());
            }
            TensorVector second = gradient(along, inputs);
            double[][] values = new double[2 * inputs.length][];
            for (int i = 0; i < inputs.length; i++) {
                values[i] = Torch.values(first.get(i));
                values[inputs.length + i] = Torch.values(second.get(i));
            }
            return values;
        }
    }

    private static TensorVector gradient(Tensor of, Tensor... inputs) {
        return torch.grad(
                new TensorVector(of),
                new TensorVector(inputs),
                new TensorVector(),
                new BoolOptional(true),
                true,
                false);
    }

    private static void require(Shape extents, NormScene.Results ours, double[][] theirs) {
        HostTensor[] found = {
            ours.dx(), ours.dscale(), ours.dshift(), ours.y(), ours.tdx(), ours.tdscale(), ours.tdshift(), ours.ty()
        };
        double terms = (double) extents.size() / extents.dim(1);
        double roundings = 2 * (terms + 30) * DType.F64.unitRoundoff();
        for (int k = 0; k < found.length; k++) {
            double largest = Arrays.stream(theirs[k]).map(Math::abs).max().orElse(0);
            for (int i = 0; i < found[k].length(); i++) {
                assertThat(Math.abs(found[k].get(i) - theirs[k][i]))
                        .as("result %d, element %d of %s", k, i, extents)
                        .isLessThanOrEqualTo(roundings * SCALED_ROOT * Math.max(1, largest));
            }
        }
    }
}
