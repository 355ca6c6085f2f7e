package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    @Test
    void durationsAreSaidAsAPersonSaysThem() {
        assertThat(ProgressLine.words(Duration.ofMillis(41_600))).isEqualTo("42 s");
        assertThat(ProgressLine.words(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
        assertThat(ProgressLine.words(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
    }
}
