package dev.rectifier.cli;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.EngineProvider;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what this machine offers, what is missing, what that costs, and what to type. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says what was found on this machine, what is missing and what to do about it.")
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "Prints the findings as JSON.")
    private boolean json;

    DoctorCommand(Console console) {
        this.console = console;
    }

    /** One provider with its verdict and its findings. */
    record Examined(String engine, Availability availability, List<Finding> findings) {}

    @Override
    public Integer call() {
        List<Examined> examined =
                Engines.providers().stream().map(DoctorCommand::examine).toList();
        if (json) {
            console.json(Map.of("host", host(), "engines", examined));
        } else {
            print(examined);
        }
        return ExitCode.GOOD.code();
    }

    private static Examined examine(EngineProvider provider) {
        return new Examined(provider.name(), provider.probe(), provider.findings());
    }

    private static Map<String, String> host() {
        Map<String, String> host = new LinkedHashMap<>();
        Runtime runtime = Runtime.getRuntime();
        host.put("rectifier", Version.version());
        host.put("java", System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + ")");
        host.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        host.put("cores", String.valueOf(runtime.availableProcessors()));
        host.put("heap limit", runtime.maxMemory() / (1L << 20) + " MiB");
        return host;
    }

    private void print(List<Examined> examined) {
        host().forEach((subject, detail) -> console.result(String.format("%-14s %s", subject, detail)));
        for (Examined one : examined) {
            Availability verdict = one.availability();
            console.result("");
            console.result("engine " + one.engine() + ": " + (verdict.available() ? "ready" : "not available") + " - "
                    + verdict.reason());
            if (!verdict.cure().isEmpty()) {
                console.result("    to change that: " + verdict.cure());
            }
            one.findings().forEach(this::print);
        }
        console.result("");
        console.result("chosen by default: " + chosen(examined));
    }

    private void print(Finding finding) {
        console.result(String.format(
                "  %-8s %-16s %s", finding.present() ? "found" : "missing", finding.subject(), finding.detail()));
        if (!finding.effect().isEmpty()) {
            console.result("                            " + finding.effect());
        }
        if (!finding.cure().isEmpty()) {
            console.result("                            to change that: " + finding.cure());
        }
    }

    private static String chosen(List<Examined> examined) {
        return Engines.providers().stream()
                .filter(provider -> provider.priority() >= 0)
                .map(EngineProvider::name)
                .filter(name -> examined.stream()
                        .anyMatch(one ->
                                one.engine().equals(name) && one.availability().available()))
                .findFirst()
                .orElse("none: no engine is available here");
    }
}
