package dev.rectifier.cli;

import dev.rectifier.data.known.Fetch;
import dev.rectifier.data.known.FetchException;
import dev.rectifier.data.known.KnownFile;
import dev.rectifier.data.known.KnownImages;
import dev.rectifier.data.known.KnownSet;
import dev.rectifier.record.Suggestion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Data sets: which are known and which are here, bringing one here, and whether what is here is what it should be. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, fetches and checks data sets.")
final class DataCommand implements Runnable {
    private static final long STEP = 1 << 20;

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    DataCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "A command is missing: list, fetch or check.");
    }

    /** Where data sets lie. */
    static final class DataFolder {
        @Option(
                names = "--data",
                paramLabel = "FOLDER",
                description = "Folder that holds a folder per set (default: RECTIFIER_DATA, or else data).")
        private Optional<Path> given = Optional.empty();

        Path path() {
            String named = System.getenv().getOrDefault("RECTIFIER_DATA", "");
            return given.orElse(Path.of(named.isEmpty() ? "data" : named));
        }

        Path of(KnownSet set) {
            return path().resolve(set.word());
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the known sets and which are here.")
    int list(
            @Mixin DataFolder folder,
            @Option(names = "--json", description = "Prints the list as JSON.") boolean json) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (KnownSet set : KnownSet.values()) {
            boolean here = KnownImages.isIn(folder.path(), set);
            rows.add(Map.of(
                    "name", set.word(),
                    "text", set.text(),
                    "here", here,
                    "public", set.isPublic(),
                    "folder", folder.of(set).toString(),
                    "files", set.files().stream().map(KnownFile::name).toList()));
            if (!json) {
                String state = here ? "here" : set.isPublic() ? "fetch" : "absent";
                console.result(String.format("%-15s %-7s %s", set.word(), state, set.text()));
            }
        }
        if (json) {
            console.json(rows);
        }
        return ExitCode.GOOD.code();
    }

    @Command(
            name = "fetch",
            mixinStandardHelpOptions = true,
            description = "Downloads a set, or takes it from a folder; checks it before it is used.")
    int fetch(
            @Mixin DataFolder folder,
            @Parameters(paramLabel = "NAME", description = "A set that the command data list names.") String name,
            @Option(
                            names = "--from",
                            paramLabel = "FOLDER",
                            description = "Takes the files from this folder instead of the network.")
                    Optional<Path> from) {
        KnownSet set = known(name);
        for (KnownFile file : set.files()) {
            console.remark(file.name()
                    + from.map(f -> " from " + f)
                            .or(() -> file.source().map(s -> " from " + s.getHost()))
                            .orElse(""));
            boolean done = brought(file, folder.of(set), from);
            console.result((done ? "fetched " : "was here ") + folder.of(set).resolve(file.name()));
        }
        return ExitCode.GOOD.code();
    }

    private static KnownSet known(String name) {
        try {
            return KnownSet.named(name);
        } catch (IllegalArgumentException e) {
            List<String> words =
                    Arrays.stream(KnownSet.values()).map(KnownSet::word).toList();
            throw new CommandFailure(ExitCode.USAGE, e.getMessage() + Suggestion.didYouMean(name, words), e);
        }
    }

    private boolean brought(KnownFile file, Path to, Optional<Path> from) {
        Fetch fetch = new Fetch(this::showProgress);
        try {
            return from.isPresent() ? fetch.copy(file, from.get(), to) : fetch.download(file, to);
        } catch (FetchException e) {
            boolean wrong = e.kind() == FetchException.Kind.WRONG_SUM;
            throw new CommandFailure(
                    wrong ? ExitCode.CHECK_FAILED : ExitCode.SOME_FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private void showProgress(long bytes) {
        if (console.isTerminal() && bytes % STEP < STEP / 16) {
            console.transientLine(String.format(Locale.ROOT, "%.0f MiB", bytes / (double) STEP));
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Compares the files that are here with the pinned SHA-256; exit code 1 if one differs.")
    int check(
            @Mixin DataFolder folder,
            @Parameters(
                            paramLabel = "NAME",
                            arity = "0..*",
                            description = "Sets to check (default: those that are here).")
                    @Nullable
                    List<String> names) {
        boolean good = true;
        int seen = 0;
        for (KnownSet set : chosen(folder, names == null ? List.of() : names)) {
            for (KnownFile file : set.files()) {
                Path path = folder.of(set).resolve(file.name());
                String verdict = !Files.exists(path) ? "missing" : file.isAt(path) ? "good" : "WRONG";
                good &= verdict.equals("good");
                seen++;
                console.result(String.format("%-8s %s", verdict, path));
            }
        }
        console.remark(seen + " files checked in " + folder.path());
        return (good ? ExitCode.GOOD : ExitCode.CHECK_FAILED).code();
    }

    private static List<KnownSet> chosen(DataFolder folder, List<String> names) {
        return names.isEmpty()
                ? List.of(KnownSet.values()).stream()
                        .filter(set -> Files.isDirectory(folder.of(set)))
                        .toList()
                : names.stream().map(DataCommand::known).toList();
    }
}
