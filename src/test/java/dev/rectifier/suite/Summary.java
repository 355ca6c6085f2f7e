package dev.rectifier.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The results so far, as JSON for programs and Markdown for people.
 *
 * @param good whether every step passed
 * @param facts what they hold for
 * @param steps in order
 */
record Summary(boolean good, SuiteFacts facts, List<StepResult> steps) {
    static Summary of(SuiteFacts facts, List<StepResult> steps) {
        return new Summary(steps.stream().allMatch(StepResult::good), facts, List.copyOf(steps));
    }

    void write(Path folder) throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("summary.json").toFile(), this);
        Files.writeString(folder.resolve("summary.md"), markdown());
    }

    String markdown() {
        StringBuilder page = new StringBuilder("# gpu-suite: ")
                .append(good ? "passed" : "FAILED")
                .append("\n\n| | |\n|---|---|\n");
        Map.of(
                        "1 date", facts.date(),
                        "2 version", facts.version(),
                        "3 device", facts.device() + " (engine " + facts.engine() + ")",
                        "4 kernel module", facts.driver(),
                        "5 host", facts.host().os() + ", " + facts.host().cores() + " processors",
                        "6 Java", facts.host().java())
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(fact -> row(page, fact.getKey().substring(2), fact.getValue()));
        facts.versions().forEach((name, value) -> row(page, name, value));
        page.append("\n| step | | seconds | |\n|---|---|---|---|\n");
        steps.forEach(step -> row(page, step.name(), word(step.good()), seconds(step.seconds()), step.detail()));
        steps.stream().filter(step -> !step.classes().isEmpty()).forEach(step -> classes(page, step.classes()));
        return page.toString();
    }

    private static void classes(StringBuilder page, List<ClassResult> classes) {
        page.append("\n| class | passed | failed | skipped | seconds |\n|---|---|---|---|---|\n");
        for (ClassResult one : classes) {
            row(
                    page,
                    one.name(),
                    String.valueOf(one.passed()),
                    String.valueOf(one.failed()),
                    String.valueOf(one.skipped()),
                    seconds(one.seconds()));
        }
        remarks(page, classes, "failed");
        remarks(page, classes, "skipped");
    }

    /** Tests of a class that share a reason make one row. */
    private static void remarks(StringBuilder page, List<ClassResult> classes, String kind) {
        if (classes.stream()
                .flatMap(one -> one.remarks().stream())
                .noneMatch(one -> one.kind().equals(kind))) {
            return;
        }
        page.append("\n| ").append(kind).append(" | tests | reason |\n|---|---|---|\n");
        for (ClassResult one : classes) {
            one.remarks().stream()
                    .filter(remark -> remark.kind().equals(kind))
                    .collect(Collectors.groupingBy(Remark::line, java.util.TreeMap::new, Collectors.toList()))
                    .forEach((reason, of) -> row(page, one.name(), tests(of), reason));
        }
    }

    private static String tests(List<Remark> remarks) {
        return remarks.size() == 1
                ? remarks.get(0).test().replace("|", "/")
                : remarks.size() + ", such as " + remarks.get(0).test().replace("|", "/");
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String word(boolean good) {
        return good ? "passed" : "FAILED";
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}
