package dev.rectifier.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.VerdictTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTablesTest {
    static VerdictTable table() {
        Claim lucky = new Claim(
                "LM-4a",
                "Lucky nodes grow.",
                "mean fan-out norm of the lucky nodes at the end",
                "1.21",
                Band.between(1.1, 1.3));
        Claim unlucky = new Claim("LM-4b", "Unlucky <nodes> | vanish.", "ratio", "0.05", Band.atMost(0.1));
        Claim identity =
                new Claim("LM-1", "The gradient relation is exact.", "relative error", "-", Band.atMost(1e-12));
        return new VerdictTable(
                "Luck matters, small",
                List.of(
                        lucky.judge(new Estimate(1.2153, 1.2001, 1.2305, "64 of 64 replicas")),
                        unlucky.judge(new Estimate(0.2, 0.15, 0.25, "62 of 64 replicas")),
                        identity.judge(Estimate.exact(3.1e-16, "256 inputs"))));
    }

    @Test
    void textIsAligned() {
        assertThat(VerdictText.of(table())).isEqualTo("""
                Luck matters, small

                claim  statistic                 paper  ours               band
                LM-4a  mean fan-out norm of the  1.21   1.215 [1.2, 1.23]  1.1 to 1.3  pass
                       lucky nodes at the end
                LM-4b  ratio                     0.05   0.2 [0.15, 0.25]   <= 0.1      FAIL
                LM-1   relative error            -      3.1e-16            <= 1e-12    pass

                2 of 3 claims hold.
                FAIL LM-4b: Unlucky <nodes> | vanish. Measured on 62 of 64 replicas.
                """);
    }

    @Test
    void textFitsAHundredColumnsWhateverItHolds() {
        String word = "x".repeat(70);
        Claim claim = new Claim(word, word + " " + word, word + " " + word, word, Band.between(-1.2345e-7, 1.2345e-7));
        String text = VerdictText.of(new VerdictTable(
                word + " " + word,
                List.of(
                        claim.judge(new Estimate(-1.2345e-10, -1.2345e-10, 1.2345e-10, word)),
                        claim.judge(Estimate.exact(Double.NaN, word)))));
        assertThat(text.lines()).allMatch(line -> line.length() <= 100).noneMatch(line -> line.endsWith(" "));
        assertThat(text).contains("nan");
    }

    @Test
    void markdownEscapesItsOwnSigns() {
        assertThat(VerdictMarkdown.of(table()))
                .contains("| LM-4a | Lucky nodes grow. | mean fan-out norm of the lucky nodes at the end | 1.21 |")
                .contains("Unlucky \\<nodes\\> \\| vanish.")
                .contains("**FAIL**")
                .endsWith("2 of 3 claims hold.\n");
    }

    @Test
    void jsonIsJson() throws IOException {
        JsonNode json = new ObjectMapper().readTree(VerdictJson.of(table()));
        assertThat(json.get("pass").asBoolean()).isFalse();
        assertThat(json.get("verdicts")).hasSize(3);
        JsonNode unlucky = json.get("verdicts").get(1);
        assertThat(unlucky.get("statement").asText()).isEqualTo("Unlucky <nodes> | vanish.");
        assertThat(unlucky.get("ours").asDouble()).isEqualTo(0.2);
        assertThat(unlucky.get("band").get(0).isNull()).isTrue();
        assertThat(new ObjectMapper()
                        .readTree(VerdictJson.of(new VerdictTable("é\u0001", List.of())))
                        .get("title")
                        .asText())
                .isEqualTo("é\u0001");
    }
}
