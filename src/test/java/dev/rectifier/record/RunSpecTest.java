package dev.rectifier.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunSpecTest {
    private static final Settings DEFAULTS = Settings.empty()
            .with("train.lr", 0.1)
            .with("train.batch", 64)
            .with("student.bias", true)
            .with("teacher.hidden", Setting.wholes(List.of(10L, 15L)))
            .with("note", "");

    static RunSpec example() {
        Settings settings = Settings.empty()
                .with("train.lr", 0.05)
                .with("note", "a \"quoted\"\nµ")
                .with("rates", Setting.reals(List.of(1e-7, 0.1 + 0.2, 1.0)));
        return new RunSpec("luck-matters", "two-layer", "small", settings, DEFAULTS);
    }

    /** If this fails, every run folder on every disk has lost its name: do not change the literals, change the code back. */
    @Test
    void theHashIsTheOneOfEveryOlderVersion() {
        assertThat(example().canonicalText()).isEqualTo("""
                rectifier run 1
                study = luck-matters
                name = two-layer
                scale = small
                note = "a \\"quoted\\"\\n\\u00b5"
                rates = [1E-7, 0.30000000000000004, 1]
                train.lr = 0.05
                """);
        assertThat(example().id().hex()).isEqualTo("27d514454230695ee9db1c24a4fc15143791216af8deeb425976da7b06efc479");
        assertThat(example().id().shortForm()).isEqualTo(example().id().hex().substring(0, 12));
    }

    @Test
    void aNewSettingAtItsDefaultHasNoEffect() {
        RunSpec old = example();
        RunSpec same =
                new RunSpec(old.study(), old.name(), old.scale(), old.settings(), DEFAULTS.with("train.momentum", 0.0));
        assertThat(same.id()).isEqualTo(old.id());
        assertThat(same.settings().real("train.momentum")).isZero();
        RunSpec spelledOut =
                new RunSpec(old.study(), old.name(), old.scale(), old.settings().with("train.batch", 64), DEFAULTS);
        assertThat(spelledOut.id()).isEqualTo(old.id());
        RunSpec other =
                new RunSpec(old.study(), old.name(), old.scale(), old.settings().with("train.batch", 65), DEFAULTS);
        assertThat(other.id()).isNotEqualTo(old.id());
    }

    @Test
    void theOrderOfSettingDoesNotMatterAndTextIsNotNumber() {
        Settings a = Settings.empty().with("a", 1).with("b", 2);
        Settings b = Settings.empty().with("b", 2).with("a", 1);
        assertThat(new RunSpec("s", "n", "smoke", a).id()).isEqualTo(new RunSpec("s", "n", "smoke", b).id());
        Settings text = Settings.empty().with("a", "1").with("b", 2);
        assertThat(new RunSpec("s", "n", "smoke", text).id()).isNotEqualTo(new RunSpec("s", "n", "smoke", a).id());
    }

    @Test
    void settingsAreReadByKind() {
        Settings settings = example().settings();
        assertThat(settings.whole("train.batch")).isEqualTo(64);
        assertThat(settings.real("train.batch")).isEqualTo(64.0);
        assertThat(settings.flag("student.bias")).isTrue();
        assertThat(settings.wholes("teacher.hidden")).containsExactly(10L, 15L);
        assertThat(settings.reals("rates")).containsExactly(1e-7, 0.1 + 0.2, 1.0);
        assertThatThrownBy(() -> settings.whole("train.lr")).hasMessageContaining("'train.lr' must be a whole number");
        assertThatThrownBy(() -> settings.wholes("rates")).hasMessageContaining("list of whole numbers");
        assertThatThrownBy(() -> settings.text("absent")).hasMessageContaining("'absent' is needed");
    }

    @Test
    void malformedNamesAndPathsAreRefused() {
        assertThatThrownBy(() -> new RunSpec("../up", "n", "small", Settings.empty()))
                .hasMessageContaining("../up");
        assertThatThrownBy(() -> new RunSpec("s", "a b", "small", Settings.empty()))
                .hasMessageContaining("run name");
        assertThatThrownBy(() -> Settings.empty().with("a..b", 1)).hasMessageContaining("a..b");
        assertThatThrownBy(() -> Settings.empty().with("a", 1).with("a.b", 1)).hasMessageContaining("branch");
        assertThatThrownBy(() -> Settings.empty().with("a", Double.NaN)).hasMessageContaining("finite");
        assertThatThrownBy(() -> new RunId("12")).hasMessageContaining("64");
    }

    @Test
    void everyDoubleReadsBack() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(CanonicalNumber.of(value))).isEqualTo(value);
            }
        }
        // Java 17 and 19 spell this one differently.
        assertThat(CanonicalNumber.of(Double.parseDouble("2e23"))).isEqualTo("2E+23");
        assertThat(CanonicalNumber.of(-0.0)).isEqualTo("0");
        assertThat(CanonicalNumber.of(100000)).isEqualTo("100000");
        assertThat(CanonicalNumber.of(0.00015)).isEqualTo("0.00015");
        assertThat(CanonicalNumber.of(Double.MIN_VALUE)).isEqualTo("5E-324");
    }

    @Test
    void numbersForPeople() {
        assertThat(ShortNumber.of(0.98714)).isEqualTo("0.9871");
        assertThat(ShortNumber.of(12)).isEqualTo("12");
        assertThat(ShortNumber.of(3.21e-16)).isEqualTo("3.21e-16");
        assertThat(ShortNumber.of(-2e9)).isEqualTo("-2e9");
        assertThat(ShortNumber.of(Double.NaN)).isEqualTo("nan");
    }

    @Test
    void verdictsFollowTheirBands() {
        Claim claim = new Claim("LM-4", "unlucky fan-out decays", "ratio", "0.05", Band.atMost(0.1));
        assertThat(claim.judge(Estimate.exact(0.1, "4 replicas")).pass()).isTrue();
        assertThat(claim.judge(Estimate.exact(0.11, "4 replicas")).pass()).isFalse();
        assertThat(claim.judge(Estimate.exact(Double.NaN, "0 of 4 replicas")).pass())
                .isFalse();
        assertThat(Band.between(0.8, 1.2).text()).isEqualTo("0.8 to 1.2");
        assertThat(Band.atLeast(0.9).text()).isEqualTo(">= 0.9");
        assertThat(new Estimate(0.5, 0.4, 0.6, "").text()).isEqualTo("0.5 [0.4, 0.6]");
        VerdictTable table = new VerdictTable("t", List.of(claim.judge(Estimate.exact(1, ""))));
        assertThat(table.allPass()).isFalse();
        assertThat(new VerdictTable("t", List.of()).allPass()).isFalse();
        assertThatThrownBy(() -> Band.between(1, 0)).hasMessageContaining("low <= high");
    }
}
