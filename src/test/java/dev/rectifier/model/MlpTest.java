package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MlpTest {
    private static final int REPLICAS = 2;
    private static final int EXAMPLES = 6;

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private Arena arena;

    @BeforeAll
    static void open() {
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @BeforeEach
    void openArena() {
        arena = engine.openArena("test");
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static HostTensor random(long seed, long... extents) {
        HostTensor values = HostTensor.zeros(DType.F64, Shape.of(extents));
        Random random = new Random(seed);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextGaussian());
        }
        return values;
    }

    private static HostTensor initial(MlpSpec spec) {
        return Initializer.draw(spec, DType.F64, Streams.range(SeedTree.root(1), 0, REPLICAS));
    }

    private static MlpSpec spec(Activation activation, boolean bias, Parametrisation parametrisation) {
        return MlpSpec.of(3, 5, 4, 2).withActivation(activation).withBias(bias).withParametrisation(parametrisation);
    }

    /** The network of one replica and example, written out. */
    private static double[] reference(MlpSpec spec, double[] p, double[] x) {
        double[] f = x;
        int at = 0;
        for (int l = 0; l < spec.layers(); l++) {
            double m = spec.parametrisation().multiplier(spec.role(l), spec.fanIn(l));
            double[] z = new double[spec.fanOut(l)];
            for (int k = 0; k < z.length; k++) {
                for (double value : f) {
                    z[k] += m * p[at++] * value;
                }
            }
            for (int k = 0; k < z.length && spec.bias(); k++) {
                z[k] += p[at++];
            }
            boolean gate = l < spec.layers() - 1 && spec.activation() == Activation.RELU;
            f = gate ? Arrays.stream(z).map(v -> Math.max(v, 0)).toArray() : z;
        }
        return f;
    }

    private static double[] replica(HostTensor values, int r) {
        int block = values.length() / (int) values.shape().dim(0);
        return Arrays.copyOfRange(values.doubles(), r * block, (r + 1) * block);
    }

    @ParameterizedTest
    @CsvSource({
        "RELU, true, STANDARD",
        "RELU, false, STANDARD",
        "IDENTITY, true, STANDARD",
        "RELU, true, NTK",
        "IDENTITY, false, MEAN_FIELD",
        "RELU, true, MU_P_ADAM"
    })
    void forwardAndBackwardAreThoseOfTheFormula(Activation activation, boolean bias, Parametrisation parametrisation) {
        MlpSpec spec = spec(activation, bias, parametrisation);
        Mlp mlp = new Mlp(engine, spec);
        HostTensor parameters = initial(spec);
        HostTensor x = random(2, REPLICAS, EXAMPLES, 3);
        HostTensor dOutput = random(3, REPLICAS, EXAMPLES, 2);
        Tape tape = mlp.trainingTape(arena, DType.F64, REPLICAS, EXAMPLES);
        View p = arena.upload(parameters).view();
        View gradient = arena.allocate(DType.F64, parameters.shape()).view();
        mlp.forward(tape, p, arena.upload(x).view());
        mlp.backward(tape, p, arena.upload(x).view(), arena.upload(dOutput).view(), gradient);
        for (int r = 0; r < REPLICAS; r++) {
            assertReplica(spec, r, parameters, x, dOutput, tape.output().download(), gradient.download());
        }
    }

    private static void assertReplica(MlpSpec spec, int r, HostTensor... t) {
        double[] p = replica(t[0], r);
        double[] output = replica(t[3], r);
        double[] gradient = replica(t[4], r);
        for (int n = 0; n < EXAMPLES; n++) {
            double[] expected = reference(spec, p, example(replica(t[1], r), n));
            for (int k = 0; k < 2; k++) {
                // Sums of at most 6 terms in 3 layers, of numbers that stay below 100 here.
                assertThat(output[2 * n + k]).isCloseTo(expected[k], offset(100 * 32 * DType.F64.unitRoundoff()));
            }
        }
        for (int i = 0; i < p.length; i++) {
            double slope = centralDifference(spec, p, i, replica(t[1], r), replica(t[2], r));
            // Central differences of a piecewise polynomial of degree 3: h^2 = 1e-10 and roundoff / h = 1e-10.
            assertThat(gradient[i]).isCloseTo(slope, offset(1e-7 * Math.max(1, Math.abs(slope))));
        }
    }

    private static double[] example(double[] x, int n) {
        return Arrays.copyOfRange(x, 3 * n, 3 * n + 3);
    }

    private static double centralDifference(MlpSpec spec, double[] p, int i, double[] x, double[] dOutput) {
        double h = 1e-5;
        double[] up = p.clone();
        double[] down = p.clone();
        up[i] += h;
        down[i] -= h;
        double difference = 0;
        for (int n = 0; n < EXAMPLES; n++) {
            double[] above = reference(spec, up, example(x, n));
            double[] below = reference(spec, down, example(x, n));
            for (int k = 0; k < 2; k++) {
                difference += dOutput[2 * n + k] * (above[k] - below[k]);
            }
        }
        return difference / (2 * h);
    }

    @Test
    void aSharedTeacherIsTheTeacherOfEveryReplica() {
        MlpSpec spec = MlpSpec.of(3, 5, 4, 2);
        Mlp mlp = new Mlp(engine, spec);
        HostTensor one = Initializer.draw(spec, DType.F64, Streams.single(SeedTree.root(4)));
        View shared = View.shared(arena.upload(HostTensor.of(one.shape().tail(), one.doubles())), REPLICAS);
        HostTensor x = random(5, REPLICAS, EXAMPLES, 3);
        Tape tape = mlp.inferenceTape(arena, DType.F64, REPLICAS, EXAMPLES);
        mlp.forward(tape, shared, arena.upload(x).view());
        HostTensor output = tape.output().download();
        for (int r = 0; r < REPLICAS; r++) {
            double[] expected = reference(spec, one.doubles(), example(replica(x, r), 4));
            assertThat(replica(output, r)[8]).isCloseTo(expected[0], offset(100 * 32 * DType.F64.unitRoundoff()));
        }
    }

    @Test
    void aNarrowedTapeGivesTheBitsOfAFittingOne() {
        MlpSpec spec = MlpSpec.of(3, 5, 4, 2);
        Mlp mlp = new Mlp(engine, spec);
        View p = arena.upload(initial(spec)).view();
        View x = arena.upload(random(6, REPLICAS, 2, 3)).view();
        View dOutput = arena.upload(random(7, REPLICAS, 2, 2)).view();
        HostTensor[] gradients = new HostTensor[2];
        Tape[] tapes = {
            mlp.trainingTape(arena, DType.F64, REPLICAS, EXAMPLES).first(2),
            mlp.trainingTape(arena, DType.F64, REPLICAS, 2)
        };
        for (int i = 0; i < 2; i++) {
            View gradient = arena.allocate(DType.F64, p.shape()).view();
            mlp.forward(tapes[i], p, x);
            mlp.backward(tapes[i], p, x, dOutput, gradient);
            gradients[i] = gradient.download();
        }
        assertThat(gradients[0].sameBits(gradients[1])).isTrue();
        assertThat(tapes[0].mask(0).download().sameBits(tapes[1].mask(0).download()))
                .isTrue();
        assertThat(tapes[0].examples()).isEqualTo(2);
    }

    @Test
    void keptValuesAreConsistent() {
        MlpSpec spec = MlpSpec.of(3, 5, 4, 2);
        Mlp mlp = new Mlp(engine, spec);
        Tape tape = mlp.tape(arena, DType.F64, REPLICAS, EXAMPLES, EnumSet.allOf(Keep.class));
        View p = arena.upload(initial(spec)).view();
        mlp.forward(tape, p, arena.upload(random(8, REPLICAS, EXAMPLES, 3)).view());
        mlp.signals(
                tape,
                mlp.layout().views(p),
                arena.upload(random(9, REPLICAS, EXAMPLES, 2)).view());
        for (int l = 0; l < 2; l++) {
            double[] z = tape.preActivation(l).download().doubles();
            double[] f = tape.activation(l).download().doubles();
            double[] signal = tape.signal(l).download().doubles();
            double[] ungated = tape.activationGradient(l).download().doubles();
            for (int i = 0; i < z.length; i++) {
                assertThat(f[i]).isEqualTo(Math.max(z[i], 0));
                assertThat(signal[i]).isEqualTo(z[i] > 0 ? ungated[i] : 0);
            }
        }
    }

    @Test
    void inputGradientIsTheSlopeAlongTheInputs() {
        MlpSpec spec = spec(Activation.RELU, true, Parametrisation.NTK);
        Mlp mlp = new Mlp(engine, spec);
        HostTensor parameters = initial(spec);
        HostTensor x = random(10, REPLICAS, EXAMPLES, 3);
        HostTensor ones = HostTensor.zeros(DType.F64, Shape.of(REPLICAS, EXAMPLES, 2));
        Arrays.fill(ones.doubles(), 1);
        Tape tape = mlp.trainingTape(arena, DType.F64, REPLICAS, EXAMPLES);
        LayerViews p = mlp.layout().views(arena.upload(parameters).view());
        View dOutput = arena.upload(ones).view();
        View dx = arena.allocate(DType.F64, x.shape()).view();
        mlp.forward(tape, p, arena.upload(x).view());
        mlp.signals(tape, p, dOutput);
        mlp.inputGradient(tape, p, dOutput, dx);
        double[] up = example(replica(x, 1), 3);
        double[] down = up.clone();
        up[2] += 1e-5;
        down[2] -= 1e-5;
        double slope =
                (Arrays.stream(reference(spec, replica(parameters, 1), up)).sum()
                                - Arrays.stream(reference(spec, replica(parameters, 1), down))
                                        .sum())
                        / 2e-5;
        assertThat(replica(dx.download(), 1)[3 * 3 + 2]).isCloseTo(slope, offset(1e-8));
    }

    @Test
    void aTapeSaysWhatItDoesNotKeep() {
        Mlp mlp = new Mlp(engine, MlpSpec.of(3, 5, 2));
        Tape tape = mlp.inferenceTape(arena, DType.F64, 1, 4);
        assertThatIllegalStateException().isThrownBy(() -> tape.signal(0)).withMessageContaining("not asked to keep");
        assertThatIllegalStateException().isThrownBy(() -> tape.activation(1)).withMessageContaining("has 1 of them");
        assertThatIllegalArgumentException().isThrownBy(() -> tape.first(5)).withMessageContaining("holds 4 examples");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mlp.tape(arena, DType.F64, 1, 4, EnumSet.of(Keep.ACTIVATION_GRADIENTS)))
                .withMessageContaining("SIGNALS");
    }
}
