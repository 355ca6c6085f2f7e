package dev.rectifier.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** How this program was started, so that what it tells people to type works. */
final class Launcher {
    private Launcher() {}

    /** {@code java -jar target/rectifier.jar run demo} for the words {@code run demo}; {@code rectifier run demo} outside a jar. */
    static String line(String words) {
        return name() + " " + words;
    }

    private static String name() {
        String named = System.getProperty("rectifier.launcher", "");
        if (!named.isEmpty()) {
            return named;
        }
        try {
            URI self = Main.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return self.getPath().endsWith(".jar") ? "java -jar " + seenFromHere(Path.of(self)) : "rectifier";
        } catch (URISyntaxException unusual) {
            return "rectifier";
        }
    }

    private static Path seenFromHere(Path jar) {
        Path here = Path.of("").toAbsolutePath();
        return jar.startsWith(here) ? here.relativize(jar) : jar;
    }
}
