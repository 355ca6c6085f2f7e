package dev.rectifier.cli;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.RunStore;
import dev.rectifier.record.Setting;
import dev.rectifier.tensor.Philox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where runs lie and how they are signed, shared by the commands that read or write them. */
final class Workplace {
    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = "runs",
            description = "Folder that holds the runs (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("runs");

    /** The runs beneath the folder. */
    RunStore store() {
        return RunStore.at(folder);
    }

    /** The folder that holds the runs. */
    Path folder() {
        return folder;
    }

    /** The option that names the folder, with a blank before it; nothing for the default. */
    String option() {
        return folder.equals(Path.of("runs")) ? "" : " --out " + folder;
    }

    /** What was begun here and not ended. */
    Unfinished unfinished() {
        return new Unfinished(folder);
    }

    /** Where the report of a study goes. */
    Path reportFolder(String name) {
        return folder.resolve("reports").resolve(name);
    }

    /** The circumstances of this process. */
    static Manifest manifest(Engine engine, List<RunSpec> plan, CommandSpec command) {
        return Manifest.starting(
                new Manifest.Code(Version.version(), Version.commit()),
                facts(engine.info()),
                Philox.STREAM_VERSION,
                seeds(plan),
                commandLine(command));
    }

    private static Manifest.EngineFacts facts(EngineInfo info) {
        return new Manifest.EngineFacts(
                info.name(),
                info.device(),
                info.options().mathMode().name(),
                info.options().determinism().name(),
                info.versions());
    }

    /** The seeds of a plan: every whole number whose setting's name ends in «seed»; equal in all runs that share a name. */
    private static Map<String, Long> seeds(List<RunSpec> plan) {
        Map<String, Long> seeds = new TreeMap<>();
        for (RunSpec spec : plan) {
            spec.settings().values().forEach((key, value) -> {
                if (key.endsWith("seed") && value instanceof Setting.Whole whole) {
                    seeds.put(key, whole.value());
                }
            });
        }
        return seeds;
    }

    /** The words that started this command but for the folder of the runs; {@code resume} types them again. */
    static List<String> commandLine(CommandSpec command) {
        List<String> words =
                new ArrayList<>(command.root().commandLine().getParseResult().originalArgs());
        int out = words.indexOf("--out");
        if (out >= 0) {
            words.subList(out, Math.min(out + 2, words.size())).clear();
        }
        words.removeIf(word -> word.startsWith("--out="));
        return List.copyOf(words);
    }
}
