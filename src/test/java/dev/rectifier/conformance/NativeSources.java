package dev.rectifier.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Whether the emulated driver was built from the kernels of this tree. One that was not would run other kernels than those that
 * are tested, and fail in ways that say nothing.
 */
public final class NativeSources {
    private static final String SUMS = "kernels.sha256";

    private NativeSources() {}

    /** The first kernel file that is another one by now; empty if none is, or if nobody can tell. */
    public static Optional<String> stale() {
        return stale(Path.of(System.getProperty("rectifier.native", ""), "emulated"), Path.of("cuda"));
    }

    /** @param emulated the folder of the driver, with the sums of what it was built from */
    static Optional<String> stale(Path emulated, Path kernels) {
        Path sums = emulated.resolve(SUMS);
        if (!Files.isRegularFile(sums) || !Files.isDirectory(kernels)) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(sums);
            return lines.stream()
                    .filter(line -> !line.startsWith(sum(kernels.resolve(name(line)))))
                    .findFirst()
                    .map(line -> "the emulated driver was built from another cuda/" + name(line)
                            + ": run \"sh native/build.sh target/native\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    private static String sum(Path file) {
        try {
            byte[] content = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
