package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch normalisation joined to a ReLU, and in place, has the bits of one operation after the other, on every engine. */
class NormJoinedTest extends OnEveryEngine {
    /** A whole replica in a tile; slabs of channels, dense and in planes; stages, dense, folded and in planes. */
    private static final List<Shape> SHAPES = List.of(
            Shape.of(5, 7),
            Shape.of(90, 64),
            Shape.of(9, 4, 3, 3),
            Shape.of(12, 6, 8, 8),
            Shape.of(600, 33),
            Shape.of(2500, 9),
            Shape.of(3, 3, 47, 47));

    private static final List<Shape> MORE = List.of(
            Shape.of(2, 1),
            Shape.of(31, 32),
            Shape.of(257, 31),
            Shape.of(127, 257),
            Shape.of(3, 32, 7, 7),
            Shape.of(64, 5, 1, 1),
            Shape.of(33, 3, 2, 31),
            Shape.of(40, 33, 4, 4));

    /** One shape on one engine. */
    record Case(EngineSource.Present on, DType type, int replicas, Shape extents) {
        @Override
        public String toString() {
            return on + " " + type + " R=" + replicas + " " + extents;
        }
    }

    private static Stream<Case> cases(List<Shape> shapes, int... replicas) {
        return engines()
                .flatMap(on -> shapes.stream()
                        .flatMap(shape -> Stream.of(DType.F32, DType.F64)
                                .flatMap(type -> Arrays.stream(replicas).mapToObj(r -> new Case(on, type, r, shape)))));
    }

    static Stream<Case> few() {
        return cases(SHAPES, 2);
    }

    static Stream<Case> many() {
        List<Shape> small = MORE.stream().filter(shape -> shape.size() <= 2000).toList();
        return Stream.of(cases(SHAPES, 1, 3), cases(MORE, 1, 3), cases(small, 64))
                .flatMap(cases -> cases);
    }

    @ParameterizedTest
    @MethodSource("few")
    void joinedOperationsHaveTheBitsOfTheComposition(Case one) {
        requireComposition(one);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("many")
    void soTheyHaveOnOddSizes(Case one) {
        requireComposition(one);
    }

    private static void requireComposition(Case one) {
        NormScene scene = NormScene.random(one.type(), one.replicas(), one.extents(), 17);
        scene.x().set(scene.x().length() - 1, Double.NaN);
        Engine engine = one.on().engine();
        try (Arena arena = engine.openArena("joined")) {
            Normed of = scene.placed(arena);
            Outputs joined = new Outputs(scene, arena);
            Outputs apart = new Outputs(scene, arena);
            forward(engine, of, joined, apart);
            requireSame(joined.y, apart.y, "y");
            requireSame(joined.mask, apart.mask, "mask");
            for (boolean training : new boolean[] {true, false}) {
                backward(new Signals(scene, arena, apart.mask), engine, of, joined, apart, training);
            }
            evaluation(engine, of, joined, apart);
        }
    }

    /** Outputs of one way. */
    private static final class Outputs {
        final View y;
        final View mask;
        final Affine gradient;

        Outputs(NormScene scene, Arena arena) {
            y = arena.upload(scene.x()).view();
            mask = scene.mask(arena);
            gradient = scene.outputs(arena);
        }
    }

    /** Three copies of what comes from above. */
    private static final class Signals {
        final View dy;
        final View gated;
        final View dx;
        final View mask;

        Signals(NormScene scene, Arena arena, View mask) {
            dy = arena.upload(scene.dy()).view();
            gated = arena.upload(scene.dy()).view();
            dx = arena.upload(scene.dy()).view();
            this.mask = mask;
        }
    }

    /** The joined one in place. */
    private static void forward(Engine engine, Normed of, Outputs joined, Outputs apart) {
        Normed inPlace = new Normed(joined.y, of.moments(), of.affine(), of.eps());
        engine.norm().forwardRelu(joined.y, joined.mask, inPlace);
        engine.norm().forward(apart.y, of);
        engine.pointwise().relu(apart.y, apart.mask, apart.y);
    }

    private static void evaluation(Engine engine, Normed of, Outputs joined, Outputs apart) {
        engine.norm().normaliseRelu(joined.y, joined.mask, of);
        engine.norm().normalise(apart.y, of);
        engine.pointwise().relu(apart.y, apart.mask, apart.y);
        requireSame(joined.y, apart.y, "y in evaluation mode");
        requireSame(joined.mask, apart.mask, "mask in evaluation mode");
    }

    /** The joined one in place of dy, by the mask of the forward pass. */
    private static void backward(
            Signals in, Engine engine, Normed of, Outputs joined, Outputs apart, boolean training) {
        engine.pointwise().reluBackward(in.gated, in.gated, in.mask);
        if (training) {
            engine.norm().backwardRelu(in.dy, joined.gradient, in.dy, in.mask, of);
            engine.norm().backward(in.dx, apart.gradient, in.gated, of);
        } else {
            engine.norm().normaliseBackwardRelu(in.dy, joined.gradient, in.dy, in.mask, of);
            engine.norm().normaliseBackward(in.dx, apart.gradient, in.gated, of);
        }
        requireSame(in.dy, in.dx, "dx");
        requireSame(joined.gradient.scale(), apart.gradient.scale(), "dscale");
        requireSame(joined.gradient.shift(), apart.gradient.shift(), "dshift");
    }

    private static void requireSame(View joined, View apart, String what) {
        assertThat(joined.download().sameBits(apart.download())).as(what).isTrue();
    }
}
