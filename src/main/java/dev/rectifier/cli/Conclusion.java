package dev.rectifier.cli;

import dev.rectifier.record.DurableFile;
import dev.rectifier.record.Figure;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunId;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.VerdictTable;
import dev.rectifier.report.FigureFiles;
import dev.rectifier.report.HtmlReport;
import dev.rectifier.report.ManifestFacts;
import dev.rectifier.report.VerdictJson;
import dev.rectifier.report.VerdictMarkdown;
import dev.rectifier.report.VerdictText;
import dev.rectifier.study.ReplicaSummary;
import dev.rectifier.study.RunResult;
import dev.rectifier.study.StudyReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a finished study leaves: the table on the console, and beside the runs a folder with the HTML report, the figures as
 * SVG and PNG, the verdicts as JSON and Markdown and the replica statistics as CSV.
 */
final class Conclusion {
    private final Console console;
    private final Workplace workplace;
    private final List<String> commandLine;

    Conclusion(Console console, Workplace workplace, CommandSpec command) {
        this.console = console;
        this.workplace = workplace;
        this.commandLine = Workplace.commandLine(command);
    }

    /** Prints the verdicts and writes the report folder. */
    void write(StudyReport report, boolean json) {
        print(report.verdicts(), json);
        Path folder = writeFiles(report);
        if (!json) {
            pictures(report, folder);
            console.result("Report:  " + folder.resolve("report.html"));
        }
    }

    /** Prints a table of verdicts. */
    void print(VerdictTable verdicts, boolean json) {
        console.result(json ? VerdictJson.of(verdicts) : VerdictText.of(verdicts));
    }

    /** Writes the report folder and returns it. A changed plan has a folder of its own. */
    Path writeFiles(StudyReport report) {
        Path folder = workplace.reportFolder(
                report.study().id() + "-" + report.scale().word() + suffix(report));
        writeFiles(report, folder);
        return folder;
    }

    private static String suffix(StudyReport report) {
        List<RunId> planned =
                report.study().plan(report.scale()).stream().map(RunSpec::id).toList();
        List<RunId> ran =
                report.results().stream().map(result -> result.spec().id()).toList();
        return ran.equals(planned) ? "" : "-" + ran.get(0).shortForm();
    }

    private void writeFiles(StudyReport report, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        DurableFile.write(folder.resolve("report.html"), page(report));
        DurableFile.write(folder.resolve("verdicts.json"), VerdictJson.of(report.verdicts()));
        DurableFile.write(folder.resolve("verdicts.md"), VerdictMarkdown.of(report.verdicts()));
        DurableFile.write(folder.resolve("replicas.csv"), replicas(report));
        for (Figure figure : report.figures()) {
            DurableFile.write(picture(folder, figure, "svg"), FigureFiles.svg(figure));
            DurableFile.write(picture(folder, figure, "png"), FigureFiles.png(figure));
        }
    }

    private static Path picture(Path folder, Figure figure, String type) {
        return folder.resolve(figure.text().id() + "." + type);
    }

    private void pictures(StudyReport report, Path folder) {
        report.figures()
                .forEach(figure -> console.result("Picture: " + picture(folder, figure, "png") + "   "
                        + figure.text().title()));
    }

    private String page(StudyReport report) {
        String summary = report.study().paper() + " " + report.results().size() + " runs at scale "
                + report.scale().word() + ", " + VerdictText.summary(report.verdicts());
        String rerun = Launcher.line(String.join(" ", commandLine));
        return new HtmlReport(
                        report.study().title(), summary, report.verdicts(), report.figures(), facts(report), rerun)
                .page();
    }

    private static Map<String, String> facts(StudyReport report) {
        Optional<RunResult> first =
                report.results().stream().filter(RunResult::isDone).findFirst();
        Optional<Manifest> manifest = first.flatMap(result -> RunFolder.readManifest(result.folder()));
        Optional<RunSpec> spec = first.map(RunResult::spec);
        return manifest.isPresent() && spec.isPresent() ? ManifestFacts.of(spec.get(), manifest.get()) : Map.of();
    }

    private static String replicas(StudyReport report) {
        StringBuilder csv = new StringBuilder("run,metric,mean,interval_low,interval_high,q05,median,q95\n");
        for (ReplicaSummary row : report.summaries()) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%s,%s,%s,%s,%s,%s,%s%n",
                    row.run(),
                    row.metric(),
                    row.mean().value(),
                    row.mean().low(),
                    row.mean().high(),
                    row.low(),
                    row.median(),
                    row.high()));
        }
        return csv.toString();
    }
}
