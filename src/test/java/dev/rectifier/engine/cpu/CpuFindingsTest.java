package dev.rectifier.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Finding;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What doctor says of the CPU engine. */
class CpuFindingsTest {
    @Test
    void coresAndOpenBlasAreNamed() {
        List<Finding> findings = new CpuEngineProvider().findings();
        assertThat(findings).extracting(Finding::subject).containsExactly("cores", "OpenBLAS");
        assertThat(findings.get(0).detail())
                .isEqualTo(String.valueOf(Runtime.getRuntime().availableProcessors()));
        assertThat(findings.get(1).present()).isEqualTo(Blas.version().startsWith("0."));
    }

    @Test
    void openBlasIsFoundSwitchedOffOrAbsent() {
        assertThat(Blas.finding(Optional.of("0.3.30"), false).detail()).contains("0.3.30");
        Finding off = Blas.finding(Optional.empty(), true);
        assertThat(off.present()).isFalse();
        assertThat(off.cure()).contains("-Drectifier.openblas=off");
        Finding absent = Blas.finding(Optional.empty(), false);
        assertThat(absent.detail()).contains("class path");
        assertThat(absent.cure()).contains("openblas");
    }
}
