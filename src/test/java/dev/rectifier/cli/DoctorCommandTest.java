package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private final CommandLineSession session = new CommandLineSession();

    @Test
    void saysWhichEnginesAreReadyAndWhichIsChosen() {
        assertThat(session.run("doctor")).isZero();
        assertThat(session.out()).contains("engine cpu: ready").containsPattern("chosen by default: (cpu|cuda)");
    }

    @Test
    void jsonCarriesTheSameFindings() throws Exception {
        assertThat(session.run("doctor", "--json")).isZero();
        JsonNode report = new ObjectMapper().readTree(session.out());
        assertThat(report.at("/host/cores").asInt()).isPositive();
        assertThat(report.at("/engines").findValuesAsText("engine")).contains("cpu");
    }
}
