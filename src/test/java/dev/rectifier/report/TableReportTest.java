package dev.rectifier.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.record.TextTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables as Markdown and as a page. */
class TableReportTest {
    private static final TableReport REPORT = new TableReport(
            "A bench",
            "Two rows.",
            List.of(new TextTable(
                    "kernels", List.of("case", "time"), List.of(List.of("a|b <x>", "1 us"), List.of("c", "")))),
            List.of(),
            Map.of("device", "none"),
            "rectifier bench");

    @Test
    void markdownIsExactlyThis() {
        assertThat(REPORT.markdown()).isEqualTo("""
                # A bench

                Two rows.

                ## kernels

                | case | time |
                | --- | --- |
                | a\\|b \\<x\\> | 1 us |
                | c |  |

                ## Circumstances

                | what | value |
                | --- | --- |
                | device | none |

                    rectifier bench
                """);
    }

    @Test
    void thePageNeedsNothingElse() {
        assertThat(REPORT.page())
                .contains("<h2>kernels</h2>", "<td>a|b &lt;x&gt;</td><td>1 us</td>", "<pre>rectifier bench</pre>")
                .doesNotContain("<script", "src=", "href=");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> new TextTable("t", List.of("a"), List.of(List.of("1", "2"))))
                .hasMessageContaining("1 columns and a row of 2 cells");
    }
}
