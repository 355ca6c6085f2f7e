package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.record.Claim;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.record.Verdict;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Overrides;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.Study;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LuckMattersTest {
    private final Study study = LuckMatters.study();

    @ParameterizedTest
    @EnumSource(Scale.class)
    void everyClaimIsMeasuredAndFailsWithoutItsRuns(Scale scale) {
        List<Verdict> verdicts = study.analyse(scale, new Evidence(Map.of())).verdicts();
        assertThat(verdicts.stream().map(Verdict::claim)).isEqualTo(study.claims(scale));
        assertThat(verdicts)
                .noneMatch(Verdict::pass)
                .allMatch(v -> v.ours().sample().contains("is not done"));
    }

    @ParameterizedTest
    @EnumSource(Scale.class)
    void everyRunHasAnExperimentOfSomeCost(Scale scale) {
        List<RunSpec> plan = study.plan(scale);
        assertThat(plan.stream().map(RunSpec::name)).doesNotHaveDuplicates();
        assertThat(plan).allMatch(spec -> study.experiment(spec).cost() > 0);
    }

    @ParameterizedTest
    @EnumSource(Scale.class)
    void claimsHaveDifferentIds(Scale scale) {
        assertThat(study.claims(scale).stream().map(Claim::id)).doesNotHaveDuplicates();
    }

    @Test
    void bandsOfTheSmallScaleAreThoseOfThePaperPage() {
        assertThat(study.claims(Scale.SMALL).stream()
                        .map(c -> c.id() + " " + c.band().text()))
                .contains(
                        "LM-1.fp64 <= 1e-10",
                        "LM-1.fp32 <= 0.001",
                        "LM-1.control >= 0.1",
                        "LM-2.forms <= 4",
                        "LM-2.flow <= 0.01",
                        "LM-2.decay <= 0.01",
                        "LM-2.overlap <= 4",
                        "LM-2.overlap-16 <= 0",
                        "LM-4.x2.ratio <= 0.12",
                        "LM-4.x5.ratio <= 0.12",
                        "LM-4.x2.start >= 0.35",
                        "LM-4.x5.rho >= 0.995",
                        "LM-4m.x2.ratio <= 0.12",
                        "LM-4m.x5.ratio <= 0.12",
                        "LM-4m.readme.lucky 1.21 to 1.23",
                        "LM-4m.readme.unlucky <= 0.001",
                        "LM-5.x2.ratio <= 0.5",
                        "LM-5.x2.unseeded >= 0.8",
                        "LM-6a.loss <= 0.02",
                        "LM-6a.bottom >= 0.99",
                        "LM-6a.gain >= 0.35",
                        "LM-6a.rank0 <= 45",
                        "LM-6a.depth <= 1",
                        "LM-6a.rank1 <= 10",
                        "LM-6.blocks >= 1.5",
                        "LM-6.blocks-top >= 1.1",
                        "LM-7.x5 >= 0.05",
                        "LM-7.x10 >= 0.05",
                        "LM-12.linear-rho <= 0.8",
                        "LM-12.relu-rho >= 0.99",
                        "LM-12.outputs >= 0.1");
    }

    @Test
    void seededNodesStartAsFarAheadAsThePlotShows() {
        // 0.61 / 1.04 for a student twice as wide: the rows are unit noise plus the teacher's unit rows.
        SeededStart start = new SeededStart(study.plan(Scale.SMOKE).stream()
                .filter(spec -> spec.name().equals(TwoLayerPlans.name(2)))
                .findFirst()
                .orElseThrow()
                .settings());
        double[] parameters = start.studentParameters().toDoubles();
        double[] squares = new double[40];
        int weights = 10 * 40 + 40;
        for (int k = 0; k < 30; k++) {
            for (int j = 0; j < 40; j++) {
                squares[j] += parameters[weights + k * 40 + j] * parameters[weights + k * 40 + j];
            }
        }
        double lucky = 0;
        double unlucky = 0;
        for (int j = 0; j < 20; j++) {
            lucky += Math.sqrt(squares[j]) / 20;
            unlucky += Math.sqrt(squares[20 + j]) / 20;
        }
        // A mean of 20 norms, each with a deviation of about 0.13 over 30 outputs: 4 standard errors are 0.12.
        assertThat(lucky).isBetween(1.04 - 0.12, 1.04 + 0.12);
        assertThat(unlucky).isBetween(0.61 - 0.12, 0.61 + 0.12);
    }

    @Test
    void anOverrideNobodyKnowsIsRefusedByName() {
        Settings unknown = Settings.empty().with("learning", 0.1);
        assertThatThrownBy(() -> Overrides.apply(study.plan(Scale.SMOKE), unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'learning'")
                .hasMessageContaining("rate");
    }

    @Test
    void anOverrideChangesTheIdentityOfTheRunsThatHaveIt() {
        List<RunSpec> plan = study.plan(Scale.SMOKE);
        List<RunSpec> changed = Overrides.apply(plan, Settings.empty().with("seed", 25));
        for (int i = 0; i < plan.size(); i++) {
            boolean seeded = plan.get(i).settings().get("seed").isPresent();
            assertThat(changed.get(i).id().equals(plan.get(i).id())).isEqualTo(!seeded);
        }
    }

    @Test
    void studiesAreFoundByNameAndOthersAreRefused() {
        assertThat(Studies.named("demo").title()).contains("64 students");
        assertThatThrownBy(() -> Studies.named("lucky")).hasMessageContaining("luck-matters");
    }

    @Test
    void theDemoIsOneRunOfSixtyFourStudents() {
        RunSpec run = Demo.study().plan(Scale.SMALL).get(0);
        assertThat(new SeededStart(run.settings()).replicas()).isEqualTo(64);
    }
}
