package dev.rectifier.conformance;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Batch normalisation on random numbers: host copies of all arguments, and every operation on them.
 *
 * @param replicas R
 * @param extents of x without the replica
 * @param x to tdy of x's shape
 * @param scale to tshift [R, C]
 */
public record NormScene(
        int replicas,
        Shape extents,
        HostTensor x,
        HostTensor tx,
        HostTensor dy,
        HostTensor tdy,
        HostTensor scale,
        HostTensor shift,
        HostTensor tscale,
        HostTensor tshift) {
    /** Added to a variance. */
    public static final double EPS = 1e-5;

    public static NormScene random(DType type, int replicas, Shape extents, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HostTensor[] large = new HostTensor[4];
        HostTensor[] small = new HostTensor[4];
        Arrays.setAll(large, i -> uniform(type, extents.prepend(replicas), random));
        Arrays.setAll(small, i -> uniform(type, Shape.of(replicas, extents.dim(1)), random));
        return new NormScene(
                replicas, extents, large[0], large[1], large[2], large[3], small[0], small[1], small[2], small[3]);
    }

    private static HostTensor uniform(DType type, Shape shape, SplittableRandom random) {
        HostTensor tensor = HostTensor.zeros(type, shape);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, random.nextDouble(-1, 1));
        }
        return tensor;
    }

    /** The point x + h tx, scale + h tscale, shift + h tshift, dy + h tdy. */
    public NormScene moved(double h) {
        return new NormScene(
                replicas,
                extents,
                plus(x, h, tx),
                tx,
                plus(dy, h, tdy),
                tdy,
                plus(scale, h, tscale),
                plus(shift, h, tshift),
                tscale,
                tshift);
    }

    private static HostTensor plus(HostTensor a, double h, HostTensor b) {
        HostTensor sum = HostTensor.zeros(a.dtype(), a.shape());
        for (int i = 0; i < sum.length(); i++) {
            sum.set(i, a.get(i) + h * b.get(i));
        }
        return sum;
    }

    /** This point with another direction. */
    public NormScene towards(NormScene other) {
        return new NormScene(replicas, extents, x, other.tx, dy, other.tdy, scale, shift, other.tscale, other.tshift);
    }

    /**
     * What the operations gave.
     *
     * @param y and its derivatives, of x's shape
     * @param mean and variance, F64 [R, C]
     */
    public record Results(
            HostTensor y,
            HostTensor mean,
            HostTensor variance,
            HostTensor dx,
            HostTensor dscale,
            HostTensor dshift,
            HostTensor ty,
            HostTensor tdx,
            HostTensor tdscale,
            HostTensor tdshift) {}

    private View empty(Arena arena) {
        return arena.allocate(x.dtype(), extents.prepend(replicas)).view();
    }

    View channels(Arena arena, DType type) {
        return arena.allocate(type, Shape.of(replicas, extents.dim(1))).view();
    }

    View mask(Arena arena) {
        return arena.allocate(DType.I32, Shape.of(replicas, PointwiseOps.maskWords(extents.size())))
                .view();
    }

    Affine outputs(Arena arena) {
        return new Affine(channels(arena, x.dtype()), channels(arena, x.dtype()));
    }

    Normed placed(Arena arena) {
        Moments moments = new Moments(channels(arena, DType.F64), channels(arena, DType.F64));
        Affine affine =
                new Affine(arena.upload(scale).view(), arena.upload(shift).view());
        return new Normed(arena.upload(x).view(), moments, affine, EPS);
    }

    private Direction direction(Arena arena) {
        Affine affine =
                new Affine(arena.upload(tscale).view(), arena.upload(tshift).view());
        return new Direction(arena.upload(tx).view(), affine);
    }

    /** Everything in training mode. */
    public Results training(Engine engine) {
        try (Arena arena = engine.openArena("norm")) {
            Normed of = placed(arena);
            Direction direction = direction(arena);
            Signal signal =
                    new Signal(arena.upload(dy).view(), arena.upload(tdy).view());
            TangentMoments kept = new TangentMoments(channels(arena, DType.F64), channels(arena, DType.F64));
            Out out = new Out(arena);
            engine.norm().forward(out.y, of);
            engine.norm().backward(out.dx, out.gradient, signal.value(), of);
            engine.norm().tangent(out.ty, kept, direction, of);
            engine.norm().backwardTangent(out.tdx, out.tGradient, signal, kept, direction, of);
            return out.download(of);
        }
    }

    /** Everything in evaluation mode, with the moments given. */
    public Results evaluation(Engine engine, HostTensor mean, HostTensor variance) {
        try (Arena arena = engine.openArena("norm")) {
            Moments moments = new Moments(
                    arena.upload(mean).view(), arena.upload(variance).view());
            Normed batch = placed(arena);
            Normed of = new Normed(batch.x(), moments, batch.affine(), EPS);
            Direction direction = direction(arena);
            Signal signal =
                    new Signal(arena.upload(dy).view(), arena.upload(tdy).view());
            Out out = new Out(arena);
            engine.norm().normalise(out.y, of);
            engine.norm().normaliseBackward(out.dx, out.gradient, signal.value(), of);
            engine.norm().normaliseTangent(out.ty, direction, of);
            engine.norm().normaliseBackwardTangent(out.tdx, out.tGradient, signal, direction, of);
            return out.download(of);
        }
    }

    private final class Out {
        final View y;
        final View dx;
        final View ty;
        final View tdx;
        final Affine gradient;
        final Affine tGradient;

        Out(Arena arena) {
            y = empty(arena);
            dx = empty(arena);
            ty = empty(arena);
            tdx = empty(arena);
            gradient = outputs(arena);
            tGradient = outputs(arena);
        }

        Results download(Normed of) {
            return new Results(
                    y.download(),
                    of.moments().mean().download(),
                    of.moments().variance().download(),
                    dx.download(),
                    gradient.scale().download(),
                    gradient.shift().download(),
                    ty.download(),
                    tdx.download(),
                    tGradient.scale().download(),
                    tGradient.shift().download());
        }
    }
}
