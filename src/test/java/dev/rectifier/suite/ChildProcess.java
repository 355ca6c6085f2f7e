package dev.rectifier.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another process of the same Java with the same class path and settings.
 *
 * @param settings system properties of its own, as {@code name=value}
 * @param workplace its current and its temporary folder
 * @param log where its output is appended
 */
record ChildProcess(List<String> settings, Path workplace, Path log) {
    private static final long MINUTES = 20;

    private static final int HUNG = -1;

    /** How it ended, and after how long; a process that hangs is ended after 20 minutes, and has the code -1. */
    record Ending(int code, double seconds) {
        String words() {
            return code == HUNG ? "no end within " + MINUTES + " minutes" : "exit code " + code;
        }
    }

    Ending run(String mainClass, List<String> arguments) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(line(mainClass, arguments))
                .directory(workplace.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Ending(ended ? process.exitValue() : HUNG, seconds);
    }

    private List<String> line(String mainClass, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("rectifier.") || name.startsWith("conformance.")) {
                line.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        settings.forEach(setting -> line.add("-D" + setting));
        line.add("-Djava.awt.headless=true");
        line.add("-Djava.io.tmpdir=" + workplace);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        line.addAll(arguments);
        return line;
    }
}
