package dev.rectifier.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All device tests, one process for each class: a lost device or a crash costs the rest nothing. */
final class TestStep implements Step {
    private static final String NAME = "tests";
    private static final String LOG = NAME + ".log";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public StepResult run(Bench bench) throws IOException, InterruptedException {
        Files.deleteIfExists(bench.folder().resolve(LOG));
        List<ClassResult> results = new ArrayList<>();
        for (String name : chosen(bench.options())) {
            ClassResult result = run(bench, name);
            results.add(result);
            bench.say(line(result));
        }
        return summed(results);
    }

    static StepResult summed(List<ClassResult> results) {
        int passed = results.stream().mapToInt(ClassResult::passed).sum();
        int failed = results.stream().mapToInt(ClassResult::failed).sum();
        int skipped = results.stream().mapToInt(ClassResult::skipped).sum();
        double seconds = results.stream().mapToDouble(ClassResult::seconds).sum();
        String detail = passed + " tests passed, " + failed + " failed, " + skipped + " skipped in " + results.size()
                + " classes";
        return new StepResult(NAME, failed == 0 && passed > 0, detail, LOG, seconds, results);
    }

    private static List<String> chosen(SuiteOptions options) throws IOException {
        return DeviceTests.in(classes()).stream()
                .filter(name -> options.only().matcher(name).find())
                .toList();
    }

    static Path classes() {
        try {
            return Path.of(TestStep.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ClassResult run(Bench bench, String name) throws IOException, InterruptedException {
        Path file = bench.passing().resolve(name + ".json");
        List<String> settings = List.of("require." + bench.options().engine() + "=true");
        ChildProcess.Ending ending =
                bench.child(settings, LOG).run(OneClass.class.getName(), List.of(name, file.toString()));
        return Files.isRegularFile(file) && ending.code() == 0
                ? new ObjectMapper().readValue(file.toFile(), ClassResult.class).after(ending.seconds())
                : ClassResult.lost(
                        name.substring(name.lastIndexOf('.') + 1),
                        ending.seconds(),
                        "its process ended without a result: " + ending.words() + "; see " + LOG);
    }

    private static String line(ClassResult result) {
        return String.format(
                Locale.ROOT,
                "  %-6s %6.1f s  %4d passed %4d failed %4d skipped  %s",
                result.failed() == 0 ? "good" : "FAILED",
                result.seconds(),
                result.passed(),
                result.failed(),
                result.skipped(),
                result.name());
    }
}
