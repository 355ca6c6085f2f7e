package dev.rectifier.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a suite works: {@code folder} for what is kept, a folder in it for what is not.
 *
 * @param options of the command line
 * @param folder of the results, absolute
 */
record Bench(SuiteOptions options, Path folder) implements AutoCloseable {
    /** Folders of what the command bench measured; earlier ones are removed. */
    private static final List<String> RESULTS = List.of("bench", "goals", "bench-peers");

    static Bench open(SuiteOptions options) throws IOException {
        Bench bench = new Bench(options, options.folder().toAbsolutePath().normalize());
        for (String results : RESULTS) {
            remove(bench.folder().resolve(results));
        }
        bench.close();
        Files.createDirectories(bench.passing());
        return bench;
    }

    Path passing() {
        return folder.resolve("passing");
    }

    ChildProcess child(List<String> settings, String log) throws IOException {
        Path file = folder.resolve(log);
        Files.createDirectories(folder);
        return new ChildProcess(settings, passing(), file);
    }

    void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Removes what is not kept. */
    @Override
    public void close() throws IOException {
        remove(passing());
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).forEach(Bench::delete);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
