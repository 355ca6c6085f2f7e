package dev.rectifier.report;

import dev.rectifier.record.Band;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.JsonText;
import dev.rectifier.record.Verdict;
import dev.rectifier.record.VerdictTable;
import java.util.stream.Collectors;

/** A verdict table as JSON, for machines; an end of a band or interval that is not finite is null. */
public final class VerdictJson {
    private VerdictJson() {}

    /** One object with title, pass and the verdicts. */
    public static String of(VerdictTable table) {
        String verdicts = table.verdicts().stream()
                .map(VerdictJson::verdict)
                .collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
        return "{\n  \"title\": " + quote(table.title()) + ",\n  \"pass\": " + table.allPass() + ",\n  \"verdicts\": "
                + (table.verdicts().isEmpty() ? "[]" : verdicts) + "\n}\n";
    }

    private static String verdict(Verdict verdict) {
        Estimate ours = verdict.ours();
        Band band = verdict.claim().band();
        return "{\"claim\": " + quote(verdict.claim().id())
                + ", \"statement\": " + quote(verdict.claim().statement())
                + ", \"statistic\": " + quote(verdict.claim().statistic())
                + ", \"paper\": " + quote(verdict.claim().paper())
                + ", \"ours\": " + number(ours.value())
                + ", \"interval\": [" + number(ours.low()) + ", " + number(ours.high()) + "]"
                + ", \"sample\": " + quote(ours.sample())
                + ", \"band\": [" + number(band.low()) + ", " + number(band.high()) + "]"
                + ", \"pass\": " + verdict.pass() + "}";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "null";
    }

    private static String quote(String text) {
        return JsonText.quote(text);
    }
}
