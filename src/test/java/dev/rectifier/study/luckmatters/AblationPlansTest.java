package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A comparison says something about one setting only if nothing else differs. */
class AblationPlansTest {
    private static final Set<String> RECORDED = Set.of("baselines", "paths", "sample", "samples");

    private static Settings settings(Scale scale, String name) {
        return LuckMatters.study().plan(scale).stream()
                .filter(spec -> spec.name().equals(name))
                .map(RunSpec::settings)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> differences(Settings left, Settings right) {
        Set<String> paths = new TreeSet<>(left.values().keySet());
        paths.addAll(right.values().keySet());
        paths.removeAll(RECORDED);
        return paths.stream()
                .filter(path -> !left.get(path).equals(right.get(path)))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Scale.class)
    void everyAblationChangesOneSetting(Scale scale) {
        Settings unchanged = settings(scale, AblationPlans.unchanged(scale));
        for (RunSpec spec : AblationPlans.plan("luck-matters", scale)) {
            int changes = spec.name().equals(AblationPlans.run(AblationPlans.SAME_SIGN)) ? 2 : 1;
            assertThat(differences(spec.settings(), unchanged)).as(spec.name()).hasSize(changes);
        }
    }

    @Test
    void studentsWithTheirTeachersSignsAreComparedWithOthersOfTheirWidth() {
        for (Scale scale : List.of(Scale.SMALL, Scale.FULL)) {
            Settings same = settings(scale, AblationPlans.run(AblationPlans.SAME_SIGN));
            assertThat(differences(same, settings(scale, AblationPlans.narrow(scale))))
                    .containsExactly("student.start");
        }
    }

    @Test
    void largeNetsDifferInDataOrTeachersAlone() {
        Settings finite = settings(Scale.FULL, LargeNetPlans.FINITE);
        Settings redrawn = settings(Scale.FULL, LargeNetPlans.REDRAWN);
        assertThat(differences(finite, redrawn)).containsExactly("input.redrawn");
        assertThat(differences(redrawn, settings(Scale.FULL, LargeNetPlans.UNSEPARATED)))
                .containsExactly("teacher.init");
        assertThat(differences(finite, settings(Scale.FULL, LargeNetPlans.FINITE_UNSEPARATED)))
                .containsExactly("teacher.init");
    }
}
