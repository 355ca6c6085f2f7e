package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Finding;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A compiler on the search path and what {@code --version} makes it say, for {@code doctor} alone: nothing else of this
 * package starts a program.
 *
 * @param name what to call it in a finding
 * @param commands file names to look for, the first that is there counts
 * @param effect what it is used for
 * @param cure what to type or install where there is none
 */
record InstalledProgram(String name, List<String> commands, String effect, String cure) {
    private static final long SECONDS = 5;

    static InstalledProgram nvcc() {
        return new InstalledProgram(
                "nvcc",
                List.of("nvcc"),
                "compiles the GPU kernels when the program is built",
                "Install a CUDA 12 or 13 toolkit, put its bin folder on the PATH, and build again.");
    }

    static InstalledProgram cpp() {
        return new InstalledProgram(
                "C++ compiler",
                List.of("c++", "g++"),
                "builds the emulated driver and the forwarders for CUDA 13",
                "Install one (Debian: apt install g++), then type \"sh native/build.sh target/native\".");
    }

    /** Looks in these folders, in order, and asks what it finds for its version. */
    Finding in(String path, Path... further) {
        Optional<Path> program = Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator, -1))
                                .filter(folder -> !folder.isEmpty())
                                .map(Path::of),
                        Arrays.stream(further))
                .flatMap(folder -> commands.stream().map(folder::resolve))
                .filter(Files::isExecutable)
                .findFirst();
        return program.map(this::asked).orElseGet(() -> Finding.missing(name, "not on the PATH", effect, cure));
    }

    private Finding asked(Path program) {
        try {
            return Finding.found(name, program + ", " + version(program), effect);
        } catch (IOException e) {
            return Finding.missing(name, program + " does not say its version: " + e.getMessage(), effect, cure);
        }
    }

    private static String version(Path program) throws IOException {
        Path answer = Files.createTempFile("rectifier-version", ".txt");
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(answer.toFile())
                    .start();
            await(process);
            return telling(Files.readString(answer, StandardCharsets.ISO_8859_1));
        } finally {
            Files.delete(answer);
        }
    }

    private static void await(Process process) throws IOException {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("no answer within " + SECONDS + " seconds");
            }
            if (process.exitValue() != 0) {
                throw new IOException("it ended with status " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The line with the release, as nvcc writes it among others, else the first. */
    private static String telling(String answer) throws IOException {
        List<String> lines = answer.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.stream()
                .filter(line -> line.contains(", release "))
                .findFirst()
                .or(() -> lines.stream().findFirst())
                .orElseThrow(() -> new IOException("an empty answer"));
    }
}
