package dev.rectifier.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.stats.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results as JSON lines: the circumstances first, then one object for each row. What is unknown is absent. The fields are
 * documented in {@code src/site/markdown/bench.md}; they are added to and never change their meaning within a schema.
 */
public final class BenchJson {
    /** Number of the schema. */
    public static final int SCHEMA = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private BenchJson() {}

    /** The whole file. */
    public static String lines(
            Map<String, String> circumstances, Ceilings ceilings, List<Row> rows, List<GoalRow> goals) {
        StringBuilder text = new StringBuilder(line(header(circumstances, ceilings)));
        rows.forEach(row -> text.append(line(fields(row, ceilings))));
        goals.forEach(goal -> text.append(line(fields(goal))));
        return text.toString();
    }

    private static Map<String, Object> fields(GoalRow row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", SCHEMA);
        fields.put("kind", "goal");
        fields.put("goal", row.goal().number());
        fields.put("what", row.goal().what());
        fields.put("asked_for", row.criterion().words());
        put(fields, "bound", row.criterion().bound());
        put(fields, "value", row.value());
        fields.put("unit", row.criterion().measure().unit());
        fields.put("beside", row.peer());
        fields.put("verdict", row.verdict());
        return fields;
    }

    private static String line(Map<String, Object> fields) {
        try {
            return JSON.writeValueAsString(fields) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A row could not be turned into JSON.", e);
        }
    }

    private static Map<String, Object> header(Map<String, String> circumstances, Ceilings ceilings) {
        Map<String, Object> measured = new LinkedHashMap<>();
        put(measured, "copy_bytes_per_s", ceilings.copy());
        put(measured, "product_flop_per_s", ceilings.product());
        put(measured, "issue_fma_per_s", ceilings.issue());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", SCHEMA);
        fields.put("kind", "circumstances");
        fields.put("circumstances", circumstances);
        fields.put("ceilings", measured);
        return fields;
    }

    private static Map<String, Object> fields(Row row, Ceilings ceilings) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", SCHEMA);
        fields.put("kind", "row");
        fields.put("suite", row.subject().suite());
        fields.put("family", row.subject().family());
        fields.put("axes", row.subject().axes().extents());
        fields.put("contender", row.contender());
        fields.put("baseline", row.baseline());
        fields.put("cache", row.cache().toString());
        fields.put("status", row.status().word());
        fields.put("note", row.outcome().reason());
        put(fields, "counted_bytes", row.subject().work().bytes());
        put(fields, "counted_flops", row.subject().work().flops());
        put(fields, "compile_s", row.readiness().compile());
        put(fields, "first_call_s", row.readiness().firstCall());
        row.verification().ifPresent(verification -> addVerification(fields, verification));
        row.timing().ifPresent(timing -> addTiming(fields, row, timing, ceilings));
        return fields;
    }

    private static void addVerification(Map<String, Object> fields, Verification verification) {
        put(fields, "error", verification.error());
        put(fields, "error_bound", verification.bound());
        fields.put("verified_against", verification.against());
    }

    private static void addTiming(Map<String, Object> fields, Row row, Timing timing, Ceilings ceilings) {
        Work work = row.subject().work();
        double seconds = timing.seconds().value();
        fields.put("seconds", interval(timing.seconds()));
        put(fields, "host_s", timing.laps().host());
        put(fields, "device_s", timing.laps().device());
        put(fields, "bytes_per_s", work.bytes() / seconds);
        put(fields, "flop_per_s", work.flops() / seconds);
        put(fields, "sample_steps_per_s", work.samples() / seconds);
        Ceilings.Shares shares = ceilings.shares(work, seconds, timing.laps().host());
        put(fields, "share_of_copy", shares.copy());
        put(fields, "share_of_product", shares.product());
        put(fields, "share_of_issue", shares.issue());
        fields.put("binding", shares.binding());
        put(fields, "launches_per_call", timing.launches());
        put(fields, "gpu_busy", timing.busy());
        timing.ratio().ifPresent(ratio -> fields.put("ratio_to_baseline", interval(ratio)));
        fields.put("ratio_to_itself", interval(timing.itself()));
        fields.put("laps", timing.laps().laps().size());
        fields.put("calls_per_lap", timing.laps().laps().get(0).calls());
        fields.put("settled", timing.laps().settled());
    }

    private static Map<String, Object> interval(Interval interval) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("median", interval.value());
        fields.put("low", interval.low());
        fields.put("high", interval.high());
        return fields;
    }

    /** Leaves out what is unknown or nothing; JSON has no infinity, so an error without bounds is the word. */
    private static void put(Map<String, Object> fields, String name, double value) {
        if (Double.isInfinite(value)) {
            fields.put(name, "infinite");
        } else if (value > 0 || (value == 0 && name.equals("error"))) {
            fields.put(name, value);
        }
    }
}
