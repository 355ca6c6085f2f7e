package dev.rectifier.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of arrows itself: no cycles, and the answers that matter most. */
class ArrowsTest {
    @Test
    void arrowsHaveNoCycle() {
        Arrows.ALLOWED.keySet().forEach(start -> assertThat(reachable(start)).doesNotContain(start));
    }

    @Test
    void theContractDoesNotSeeItsEngines() {
        assertThat(Arrows.allows("dev.rectifier.engine", "dev.rectifier.engine.cpu"))
                .isFalse();
        assertThat(Arrows.allows("dev.rectifier.engine.cpu", "dev.rectifier.engine.cuda"))
                .isFalse();
        assertThat(Arrows.allows("dev.rectifier.engine.cuda.jni", "dev.rectifier.engine.cuda"))
                .isTrue();
        assertThat(Arrows.allows("dev.rectifier.engine.cpu", "dev.rectifier.engine"))
                .isTrue();
    }

    @Test
    void aPackageOutsideTheTableMayUseNothing() {
        assertThat(Arrows.allows("dev.rectifier.tools", "dev.rectifier.tensor")).isFalse();
        assertThat(Arrows.allows("dev.rectifier.stats", "java.util")).isTrue();
    }

    private static Set<String> reachable(String start) {
        Set<String> seen = new HashSet<>();
        Set<String> front = Arrows.ALLOWED.getOrDefault(start, Set.of());
        while (seen.addAll(front)) {
            Set<String> next = new HashSet<>();
            Map<String, Set<String>> table = Arrows.ALLOWED;
            front.forEach(row -> next.addAll(table.getOrDefault(row, Set.of())));
            front = next;
        }
        return seen;
    }
}
