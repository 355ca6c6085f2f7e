package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.bench.peer.PunctualPeer;
import dev.rectifier.bench.training.TrainingSuites;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which cases goals are read from, and when they are met. */
class GoalsTest {
    private static final StoppingRule RULE = new StoppingRule(4, 0.005, 0, 0, 0);
    private static final Ceilings CEILINGS = new Ceilings(1e9, 1e10, Double.NaN);
    private static final String LAST = "goal 23";

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(2)).engine();

    @AfterEach
    void close() {
        engine.close();
    }

    private Rig rig(boolean timed) {
        return new Rig(engine, Map.of(), engine, () -> 0, List.of(), Path.of("."), timed);
    }

    private static Row row(String contender, boolean baseline, OptionalDouble seconds) {
        Axes axes = new Axes(Map.of("R", 64L, "N", 1L, "P", 121L));
        Subject subject = new Subject("cpu", "10-10-1", axes, "", new Work(1e6, 1e7, 64));
        RowMaker maker = new RowMaker(subject, contender, baseline, Cache.HOT);
        if (seconds.isEmpty()) {
            return maker.without(Row.Status.FAILED, "it broke down");
        }
        Trial trial = new FakeTrial(contender, new ArrayList<>(), FakeTrial.right(), lap -> seconds.getAsDouble());
        Row verified = maker.verified(Row.Status.MEASURED, trial.verify(), Row.Readiness.UNKNOWN, "");
        Row timed = maker.timed(verified, Pairs.alone(trial, RULE, () -> 0), trial);
        double ratio = seconds.getAsDouble();
        return baseline ? timed : timed.withRatio(Ratio.median(new double[] {ratio, ratio}));
    }

    /** Ours takes a second. */
    private static List<Row> beside(double eager, double scan) {
        return List.of(
                row("rectifier", true, OptionalDouble.of(1)),
                row("torch eager-manual", false, OptionalDouble.of(eager)),
                row("torch eager-autograd", false, OptionalDouble.of(2 * eager)),
                row("torch compile", false, OptionalDouble.of(0.1)),
                row("jax scan", false, OptionalDouble.of(scan)));
    }

    private List<String> verdicts(List<Row> rows, boolean timed) {
        return GoalRow.of(rows, CEILINGS, rig(timed)).stream()
                .filter(row -> row.goal().number() == 23)
                .map(GoalRow::verdict)
                .toList();
    }

    @Test
    void everyGoalThatCanBeMeasuredHasItsCases() {
        List<Case> cases = new ArrayList<>(KernelSuite.goals(Extent.FULL));
        cases.addAll(TrainingSuites.goals(Extent.FULL));
        cases.addAll(TrainingSuites.cpu(Extent.FULL));
        List<String> ids = cases.stream().map(one -> one.subject().id()).toList();
        for (Goal goal : Goals.all()) {
            for (Criterion criterion : goal.criteria()) {
                assertThat(criterion.isCoveredBy(ids))
                        .as(goal.number() + ": " + criterion.cases())
                        .isTrue();
            }
        }
        assertThat(Goals.all())
                .extracting(Goal::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 23).boxed().toList());
    }

    @Test
    void theFastestOfThoseNamedDecides() {
        assertThat(verdicts(beside(20, 1), true)).containsExactly("met", "met");
        assertThat(verdicts(beside(19.9, 0.5), true)).containsExactly("missed", "missed");
        GoalRow row = GoalRow.of(beside(20, 1), CEILINGS, rig(true)).stream()
                .filter(one -> one.goal().number() == 23)
                .findFirst()
                .orElseThrow();
        assertThat(row.peer()).isEqualTo("torch eager-manual, 20 s");
        assertThat(row.written()).isEqualTo("20 times");
        assertThat(GoalTable.lines(List.of(row)).get(0)).startsWith(LAST).contains("met; 20 times, ours 1 s");
    }

    @Test
    void whatWasNotMeasuredSaysWhy() {
        assertThat(verdicts(beside(20, 1), false)).containsOnly("not measured: nothing was timed");
        assertThat(verdicts(List.of(), true)).containsOnly("not measured: its cases did not run");
        assertThat(verdicts(beside(20, 1).subList(0, 3), true))
                .containsExactly("met", "not measured: nobody was measured beside it, or time was up");
        assertThat(verdicts(List.of(row("rectifier", true, OptionalDouble.empty())), true))
                .containsOnly("not measured: failed, it broke down");
    }

    /** What is missed beside those that were timed is missed whoever else there is. */
    @Test
    void aPeerThatWasNotTimedMayHaveBeenTheFastest() {
        for (double eager : new double[] {20, 19}) {
            List<Row> rows = new ArrayList<>(beside(eager, 1));
            rows.add(new RowMaker(rows.get(0).subject(), "torch eager-third", false, Cache.HOT)
                    .without(Row.Status.REFUSED, PunctualPeer.TIME_WAS_UP));
            rows.add(row("torch eager-fourth", false, OptionalDouble.empty()));
            assertThat(verdicts(rows, true))
                    .containsExactly(
                            eager < 20
                                    ? "missed"
                                    : "not measured: torch eager-third was not timed and may have been faster",
                            "met");
        }
    }

    @Test
    void aGoalOfTwoThreadsIsNotOneOfMore() {
        try (Engine other =
                Engines.open("cpu", EngineOptions.defaults().withThreads(3)).engine()) {
            Rig rig = new Rig(other, Map.of(), other, () -> 0, List.of(), Path.of("."), true);
            assertThat(GoalRow.of(beside(20, 1), CEILINGS, rig))
                    .filteredOn(row -> row.goal().number() == 23)
                    .extracting(GoalRow::verdict)
                    .containsOnly("not measured: it is a goal of 2 threads");
        }
    }

    @Test
    void goalsOfAGpuAreNotMeasuredOnAHost() {
        assertThat(GoalRow.of(beside(20, 1), CEILINGS, rig(true)))
                .filteredOn(row -> row.goal().number() < 23)
                .allSatisfy(row -> assertThat(row.verdict()).startsWith("not measured: "))
                .anySatisfy(row -> assertThat(row.verdict()).endsWith("it is a goal of the GPU"))
                .anySatisfy(row -> assertThat(row.verdict()).endsWith("there are no Hessian-vector products yet"));
    }

    @Test
    void smallerIsBetterWhereTimeIsAskedFor() {
        Criterion latency = Goals.all().get(5).criteria().get(0);
        assertThat(latency.isMetBy(0.4e-6)).isTrue();
        assertThat(latency.isMetBy(0.6e-6)).isFalse();
        assertThat(latency.cases()).hasSize(3);
        assertThat(latency.isCoveredBy(List.of("ensembles/goal 6: 10-10-1, few R=1 N=1 P=110")))
                .isFalse();
    }
}
