package dev.rectifier.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Clocks, temperature and throttling of the first GPU in nvidia-smi's words; only shown to a reader. */
final class GpuClocks {
    private static final String FIELDS =
            "name,driver_version,clocks.sm,clocks.mem,clocks.max.sm,temperature.gpu,power.draw,"
                    + "clocks_throttle_reasons.active";
    private static final int SECONDS = 10;

    private GpuClocks() {}

    /** Fields and values, or why there are none; looks in these folders, never in the current one. */
    static String now(String path) {
        Optional<Path> program = Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nvidia-smi"))
                .filter(Files::isExecutable)
                .findFirst();
        return program.map(GpuClocks::asked).orElse("unknown: nvidia-smi is not on the PATH");
    }

    private static String asked(Path program) {
        try {
            Process process = new ProcessBuilder(
                            program.toString(), "--query-gpu=" + FIELDS, "--format=csv,noheader", "--id=0")
                    .redirectErrorStream(true)
                    .start();
            return answer(process);
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        }
    }

    private static String answer(Process process) throws IOException {
        try {
            process.getOutputStream().close();
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            return ended ? FIELDS + ": " + process.inputReader().readLine() : "unknown: nvidia-smi is silent";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown: interrupted";
        } finally {
            process.destroyForcibly();
        }
    }
}
