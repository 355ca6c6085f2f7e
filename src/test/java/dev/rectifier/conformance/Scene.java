package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The circumstances of a trial, from which its operands are made.
 *
 * @param type element type of floating operands
 * @param replicas R
 * @param regime kind of numbers
 * @param layouts rotation of the layouts: operand i has layout number {@code layouts + i}
 * @param random source of the numbers
 */
record Scene(DType type, int replicas, Regime regime, int layouts, SplittableRandom random) {
    static Scene of(Cover.Point point, DType type) {
        return new Scene(type, point.replicas(), point.regime(), point.index() / 3, point.random());
    }

    /** A small scene with one regime and one rotation of the layouts, three replicas. */
    static Scene small(DType type, Regime regime, int layouts) {
        long seed = 3L * regime.name().hashCode() + layouts + (type == DType.F32 ? 0 : 1000);
        return new Scene(type, 3, regime, layouts, new SplittableRandom(seed));
    }

    /**
     * Every regime under every layout in fp32, and every regime in fp64 with the layouts rotating: 28 small scenes.
     */
    static Stream<Scene> small() {
        return Stream.of(Regime.values())
                .flatMap(g -> Stream.of(
                        small(DType.F32, g, 0),
                        small(DType.F32, g, 1),
                        small(DType.F32, g, 2),
                        small(DType.F64, g, g.name().length() % 3)));
    }

    /** The scene of a point of the cover; element types alternate, so that each size meets both. */
    static Scene of(Cover.Point point) {
        return of(point, (point.index() + point.index() / Cover.SIZES.length) % 2 == 0 ? DType.F32 : DType.F64);
    }

    Operand.Layout layout(int operand) {
        return Cover.Point.rotate(Operand.Layout.values(), layouts + operand);
    }

    /** A floating input of shape [R, extents...]. */
    Operand in(String name, int position, long... extents) {
        Operand.Layout layout = layout(position);
        return Operand.in(name, values(layout == Operand.Layout.SHARED, extents), layout);
    }

    /** A floating input that is never shared. */
    Operand ownIn(String name, int position, long... extents) {
        Operand.Layout layout = layout(position) == Operand.Layout.SHARED ? Operand.Layout.SLICED : layout(position);
        return Operand.in(name, values(false, extents), layout);
    }

    Operand inout(String name, int position, long... extents) {
        return Operand.inout(name, values(false, extents), layout(position));
    }

    Operand out(String name, int position, long... extents) {
        return out(name, type, position, extents);
    }

    Operand out(String name, DType outType, int position, long... extents) {
        return Operand.out(name, outType, shape(extents), layout(position));
    }

    /** An I32 input with numbers from 0 to bound - 1. */
    Operand integers(String name, int position, int bound, long... extents) {
        Operand.Layout layout = layout(position);
        HostTensor tensor = HostTensor.zeros(DType.I32, shape(extents));
        int block = Math.toIntExact(tensor.shape().tail().size());
        for (int i = 0; i < tensor.length(); i++) {
            boolean repeat = layout == Operand.Layout.SHARED && i >= block;
            tensor.set(i, repeat ? tensor.get(i - block) : random.nextInt(bound));
        }
        return Operand.in(name, tensor, layout);
    }

    private HostTensor values(boolean shared, long... extents) {
        return regime.values(type, shape(extents), shared, random);
    }

    Shape shape(long... extents) {
        return Shape.of(extents).prepend(replicas);
    }

    @Override
    public String toString() {
        return type + " R=" + replicas + " " + regime + " layouts=" + layouts;
    }
}
