package dev.rectifier.cli;

import dev.rectifier.bench.BenchFigures;
import dev.rectifier.bench.BenchJson;
import dev.rectifier.bench.BenchTables;
import dev.rectifier.bench.Case;
import dev.rectifier.bench.CeilingRun;
import dev.rectifier.bench.Ceilings;
import dev.rectifier.bench.Circumstances;
import dev.rectifier.bench.Comparison;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.GoalRow;
import dev.rectifier.bench.GoalTable;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Row;
import dev.rectifier.bench.StoppingRule;
import dev.rectifier.bench.peer.Deadline;
import dev.rectifier.record.ShortNumber;
import dev.rectifier.record.TextTable;
import dev.rectifier.report.TableReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** One bench: ceilings, cases, files, verdict. */
final class BenchSession {
    private final Console console;
    private final Interruption interruption;
    private final Rig rig;
    private final BenchFolder folder;

    BenchSession(Console console, Interruption interruption, BenchRig rig, BenchFolder folder) {
        this.console = console;
        this.interruption = interruption;
        this.rig = rig.rig();
        this.folder = folder;
    }

    /** When it is to be over, whether goals are asked for by name, and the command line. */
    record Asked(Deadline deadline, boolean goals, CommandSpec command) {}

    ExitCode run(List<Case> cases, Extent extent, StoppingRule rule, Asked asked) {
        Map<String, String> circumstances = begin(extent, rule);
        Ceilings before = CeilingRun.measure(rig, extent);
        sayCeilings(before);
        List<Row> rows = new ArrayList<>();
        Ceilings both;
        try {
            compare(cases, rule, asked.deadline(), rows, circumstances);
            circumstances.putAll(Circumstances.now(rig, "after"));
            both = before.orHigher(CeilingRun.measure(rig, extent));
        } catch (RuntimeException e) { // whatever it was, what has been measured is worth keeping
            circumstances.put("ended early", String.valueOf(e.getMessage()));
            write(rows, before, circumstances, asked.command());
            throw e;
        }
        write(rows, both, circumstances, asked.command());
        sayGoals(GoalRow.of(rows, both, rig), asked.goals());
        console.result(summary(rows));
        return verdict(rows);
    }

    /** Adds rows until all cases are done, time is up or a stop is asked for. */
    private void compare(
            List<Case> cases, StoppingRule rule, Deadline deadline, List<Row> rows, Map<String, String> circumstances) {
        Comparison comparison = new Comparison(rig, rule, row -> console.result(BenchLine.of(row)));
        for (Case one : cases) {
            if (interruption.requested() || deadline.isOver()) {
                String what = one.subject().id() + " and all behind it: time was up, or a stop was asked for";
                circumstances.put("left out", what);
                console.result("left out: " + what);
                return;
            }
            rows.addAll(comparison.run(one));
        }
    }

    private Map<String, String> begin(Extent extent, StoppingRule rule) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("begun", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("rectifier", Version.version() + ", commit " + Version.commit());
        facts.putAll(Circumstances.of(rig));
        facts.put("extent", extent.name());
        facts.put("stopping rule", String.valueOf(rule));
        facts.putAll(Circumstances.now(rig, "before"));
        return facts;
    }

    private void sayCeilings(Ceilings ceilings) {
        if (rig.isMeasured()) {
            console.result("ceilings here: copy " + ShortNumber.of(ceilings.copy() * 1e-9) + " GB/s, product "
                    + ShortNumber.of(ceilings.product() * 1e-9) + " GFLOP/s, fused multiply-adds "
                    + ShortNumber.of(2e-9 * ceilings.issue()) + " GFLOP/s");
        } else {
            console.result("results are verified, times are not measured: "
                    + (rig.isEmulated() ? "the device is emulated" : "asked for with --check"));
        }
    }

    /** All of them where they are asked for, else those that were decided on the way. */
    private void sayGoals(List<GoalRow> goals, boolean all) {
        List<GoalRow> said =
                goals.stream().filter(goal -> all || goal.isDecided()).toList();
        GoalTable.lines(said).forEach(console::result);
    }

    private void write(List<Row> rows, Ceilings ceilings, Map<String, String> circumstances, CommandSpec command) {
        String provenance = circumstances.get("device") + ", rectifier " + circumstances.get("rectifier");
        List<GoalRow> goals = GoalRow.of(rows, ceilings, rig);
        List<TextTable> tables = new ArrayList<>(BenchTables.of(rows, ceilings));
        tables.add(0, GoalTable.of(goals));
        String line = Launcher.line(Workplace.commandLine(command).stream()
                .map(BenchSession::quoted)
                .collect(Collectors.joining(" ")));
        circumstances.put("command", line);
        TableReport report = new TableReport(
                "rectifier bench",
                summary(rows) + " How to read it: bench.md of the documentation.",
                tables,
                BenchFigures.of(rows, provenance),
                circumstances,
                line);
        folder.write(Map.of(
                "results.jsonl", BenchJson.lines(circumstances, ceilings, rows, goals),
                "summary.md", report.markdown(),
                "index.html", report.page()));
        folder.place().ifPresent(place -> console.remark("wrote " + place.resolve("index.html")));
    }

    /** A word as a shell takes it. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static String summary(List<Row> rows) {
        StringBuilder text = new StringBuilder(rows.size() + " rows:");
        for (Row.Status status : Row.Status.values()) {
            long count = count(rows, status);
            text.append(count == 0 ? "" : " " + count + " " + status.word() + ",");
        }
        return text.substring(0, text.length() - 1) + ".";
    }

    private static long count(List<Row> rows, Row.Status status) {
        return rows.stream().filter(row -> row.status() == status).count();
    }

    private ExitCode verdict(List<Row> rows) {
        if (count(rows, Row.Status.WRONG) > 0) {
            return ExitCode.CHECK_FAILED;
        }
        if (interruption.requested()) {
            return interruption.exitCode();
        }
        return count(rows, Row.Status.FAILED) > 0 ? ExitCode.SOME_FAILED : ExitCode.GOOD;
    }
}
