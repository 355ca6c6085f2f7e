package dev.rectifier.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real images for tests, where the machine has them: the folder RECTIFIER_DATA, or shared/data beside the checkout. */
public final class RealData {
    private RealData() {}

    /** A folder of them; the test is skipped where there is none. */
    public static Path folder(String name) {
        String given = System.getenv().getOrDefault("RECTIFIER_DATA", "");
        Path folder = (given.isEmpty() ? Path.of("..", "shared", "data") : Path.of(given)).resolve(name);
        Assumptions.assumeTrue(
                Files.isDirectory(folder), () -> "no real data: " + folder + " is no folder (set RECTIFIER_DATA)");
        return folder;
    }
}
