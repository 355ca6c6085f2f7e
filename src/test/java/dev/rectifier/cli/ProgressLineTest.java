package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.Setting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    @Test
    void durationsAreSaidAsAPersonSaysThem() {
        assertThat(ProgressLine.words(Duration.ofMillis(41_600))).isEqualTo("42 s");
        assertThat(ProgressLine.words(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
        assertThat(ProgressLine.words(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
    }

    @Test
    void settingsAreReadByTheirLooks() {
        assertThat(SettingWords.value("7")).isEqualTo(new Setting.Whole(7));
        assertThat(SettingWords.value("0.05")).isEqualTo(new Setting.Real(0.05));
        assertThat(SettingWords.value("true")).isEqualTo(new Setting.Flag(true));
        assertThat(SettingWords.value("relu")).isEqualTo(new Setting.Text("relu"));
        assertThat(SettingWords.value("1,2")).isEqualTo(Setting.wholes(List.of(1L, 2L)));
    }
}
