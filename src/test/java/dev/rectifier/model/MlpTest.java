package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.conformance.DoubleDouble;
import dev.rectifier.conformance.Rounded;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.gradients.RoundedNetwork;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        Rounded[] p = RoundedNetwork.exact(DType.F64, replica(t[0], r));
        Rounded[][] x = rows(replica(t[1], r), 3);
        Rounded[][] slopes = rows(replica(t[2], r), 2);
        RoundedNetwork network = new RoundedNetwork(spec, p);
        RoundedNetwork.Pass pass = network.forward(x);
        Rounded[] gradient = network.backward(pass, slopes).parameters();
        for (int i = 0; i < p.length; i++) {
            int parameter = i;
            DoubleUnaryOperator along =
                    h -> loss(new RoundedNetwork(spec, RoundedNetwork.moved(p, parameter, h)).forward(x), slopes, pass);
            assertIsSlope(gradient[i], along);
        }
        assertWithin(replica(t[3], r), Arrays.stream(pass.output()).flatMap(Arrays::stream));
        assertWithin(replica(t[4], r), Arrays.stream(gradient));
    }

    private static Rounded[][] rows(double[] values, int width) {
        return IntStream.range(0, values.length / width)
                .mapToObj(n -> RoundedNetwork.exact(DType.F64, Arrays.copyOfRange(values, n * width, (n + 1) * width)))
                .toArray(Rounded[][]::new);
    }

    private static void assertWithin(double[] found, Stream<Rounded> expected) {
        Rounded[] elements = expected.toArray(Rounded[]::new);
        assertThat(found).hasSize(elements.length);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(elements[i].value(), offset(elements[i].bound()));
        }
    }

    /**
     * The formula's derivative against a central difference. Along one parameter, or input, the output is affine while no gate
     * moves, so the difference is exact; formed in double-double its rounding, 2^-100 / h, is far below the error that fp64
     * may make. A gate that moved would show as a difference of order h.
     */
    private static void assertIsSlope(Rounded derivative, DoubleUnaryOperator along) {
        double h = 0x1p-20;
        double slope = (along.applyAsDouble(h) - along.applyAsDouble(-h)) / (2 * h);
        assertThat(slope).isCloseTo(derivative.value(), offset(derivative.bound()));
    }

    /** sum_nk slope output, less what it is at the centre: that, being small, is what a double has room for. */
    private static double loss(RoundedNetwork.Pass pass, Rounded[][] slopes, RoundedNetwork.Pass centre) {
        DoubleDouble sum = DoubleDouble.of(0);
        for (int n = 0; n < slopes.length; n++) {
            for (int k = 0; k < slopes[n].length; k++) {
                DoubleDouble change = pass.output()[n][k].exact().minus(centre.output()[n][k].exact());
                sum = sum.plus(slopes[n][k].exact().times(change));
            }
        }
        return sum.high();
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
            RoundedNetwork teacher = new RoundedNetwork(spec, RoundedNetwork.exact(DType.F64, one.doubles()));
            RoundedNetwork.Pass pass = teacher.forward(rows(replica(x, r), 3));
            assertWithin(replica(output, r), Arrays.stream(pass.output()).flatMap(Arrays::stream));
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
        for (int r = 0; r < REPLICAS; r++) {
            assertInputGradient(spec, replica(parameters, r), replica(x, r), replica(dx.download(), r));
        }
    }

    private static void assertInputGradient(MlpSpec spec, double[] parameters, double[] x, double[] found) {
        RoundedNetwork network = new RoundedNetwork(spec, RoundedNetwork.exact(DType.F64, parameters));
        Rounded[][] examples = rows(x, 3);
        Rounded[][] ones =
                rows(DoubleStream.generate(() -> 1).limit(2 * EXAMPLES).toArray(), 2);
        RoundedNetwork.Pass pass = network.forward(examples);
        Rounded[][] gradient = network.backward(pass, ones).inputs();
        for (int n = 0; n < EXAMPLES; n++) {
            for (int d = 0; d < 3; d++) {
                Rounded[][] moved = examples.clone();
                int example = n;
                int input = d;
                assertIsSlope(gradient[n][d], h -> {
                    moved[example] = RoundedNetwork.moved(examples[example], input, h);
                    return loss(network.forward(moved), ones, pass);
                });
            }
        }
        assertWithin(found, Arrays.stream(gradient).flatMap(Arrays::stream));
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
