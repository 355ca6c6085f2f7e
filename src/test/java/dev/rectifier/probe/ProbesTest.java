package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes on students whose answers are known: exact copies of their teachers, and copies with one node spoilt. */
class ProbesTest {
    private static final int REPLICAS = 3;
    private static final int EXAMPLES = 1_024;

    /**
     * A node's correlation with its copy is S / (S + 1e-10): S, the sum of 1,024 centred squares, exceeds 1. Three sums of as
     * many squares, the centring, the root and the quotient round less than 3 (N + 4) times.
     */
    private static final Offset<Double> FLOOR = within(1e-10 + Bound.gamma(DType.F64, 3 * (EXAMPLES + 4)));

    private final Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
    private final MlpSpec spec = MlpSpec.of(4, 6, 3).withInit(InitSchemes.SEPARATED_TEACHER);
    private final Streams streams = Streams.range(SeedTree.root(7).child("teacher"), 0, REPLICAS);
    private final HostTensor parameters = Initializer.draw(spec, DType.F64, streams);
    private final Map<String, double[]> written = new HashMap<>();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aCopyFollowsEveryNodeAndHasNoLoss() {
        observe(parameters);
        assertThat(written("loss")).containsOnly(0.0);
        for (double rho : written("rho/0")) {
            assertThat(rho).isCloseTo(1, FLOOR);
        }
        assertThat(written("constant/0")).containsOnly(0.0);
        assertThat(written("health")).containsOnly(0.0);
    }

    @Test
    void aSilencedNodeLeavesItsTeacherNodeToAnother() {
        HostTensor spoilt =
                HostTensor.of(parameters.shape(), parameters.doubles().clone());
        zeroIncoming(spoilt, 1, 2);
        observe(spoilt);
        double[] best = written("rho/0");
        assertThat(best[0]).isCloseTo(1, FLOOR);
        assertThat(best[1]).isLessThan(0.999);
        assertThat(written(CorrelationProbe.entry(0, 2, 2))[1]).isZero();
        assertThat(written("loss")[1]).isPositive();
        assertThat(written("dead/0")).containsExactly(0, 1, 0);
    }

    @Test
    void fanOutNormsAreColumnNormsOfTheSecondLayer() {
        observe(parameters);
        ParameterLayout layout = ParameterLayout.of(spec);
        int from = Math.toIntExact(layout.size() + layout.weight(1).offset());
        double squares = 0;
        for (int k = 0; k < 3; k++) {
            double v = parameters.get(from + k * 6 + 4);
            squares += v * v;
        }
        // Three squares summed are three roundings, which the root halves, and its own; here and there.
        double norm = Math.sqrt(squares);
        assertThat(written(FanOutProbe.node(4))[1]).isCloseTo(norm, within(norm * Bound.gamma(DType.F64, 5)));
        assertThat(written("fanout/rest")).containsOnly(Double.NaN);
    }

    @Test
    void aConstantTeacherNodeIsMasked() {
        HostTensor constant =
                HostTensor.of(parameters.shape(), parameters.doubles().clone());
        zeroIncoming(constant, 0, 3);
        observe(constant, parameters);
        assertThat(written("constant/0")).containsExactly(1, 0, 0);
        assertThat(written(CorrelationProbe.entry(0, 3, 0))[0]).isNaN();
        assertThat(written("rho-masked/0")[0]).isGreaterThan(written("rho/0")[0]);
    }

    private double[] written(String metric) {
        return Objects.requireNonNull(written.get(metric), metric);
    }

    /** Zero weights and a negative bias: the node never fires. */
    private void zeroIncoming(HostTensor target, int replica, int node) {
        ParameterLayout layout = ParameterLayout.of(spec);
        int base = Math.toIntExact(replica * layout.size());
        for (int d = 0; d < 4; d++) {
            target.set(base + node * 4 + d, 0);
        }
        target.set(base + Math.toIntExact(layout.bias(0).offset()) + node, -1);
    }

    private void observe(HostTensor student) {
        observe(parameters, student);
    }

    private void observe(HostTensor truth, HostTensor student) {
        try (Arena arena = engine.openArena("test")) {
            FiniteSet inputs = FiniteSet.drawn(
                    engine,
                    arena,
                    StreamSpec.normal(0, 1),
                    new InputShape(DType.F64, EXAMPLES, 4),
                    streams.child("inputs"),
                    Sharing.SHARED);
            Targets.Teacher teacher = Targets.Teacher.of(spec, truth);
            Minibatches data = new Minibatches(
                    engine, arena, inputs, BatchPlan.full(EXAMPLES), streams.child("order"), Sharing.SHARED);
            TrainSpec nothing = TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0), 0);
            try (Trainer trainer = new Trainer(engine, TrainTask.of(spec, student, data, teacher, nothing))) {
                Metrics metrics = (step, metric, values) -> written.put(metric, values.clone());
                Evaluation evaluation = new Evaluation(engine, arena, teacher, inputs.x(), trainer.student());
                CorrelationProbe correlations = new CorrelationProbe(evaluation, arena, metrics, Cadence.ends());
                trainer.run(Control.of(
                        correlations,
                        new LossProbe(evaluation, Loss.HALF_SQUARED_NORM.convention(), metrics),
                        new FanOutProbe(evaluation, correlations, arena, metrics),
                        new ActivityProbe(evaluation, arena, metrics),
                        new HealthProbe(metrics)));
            }
        }
    }
}
