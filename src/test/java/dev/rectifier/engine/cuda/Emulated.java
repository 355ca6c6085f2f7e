package dev.rectifier.engine.cuda;

import dev.rectifier.conformance.NativeSources;
import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Opens the emulated engine; where it was not built the test is skipped, or fails under -Drequire.emulated=true. Under
 * -Drequire.cuda the process must keep its one libcuda.so.1 for the real driver, so these tests are skipped there.
 */
public final class Emulated {
    private Emulated() {}

    static Engine open() {
        return open(EngineOptions.defaults());
    }

    static Engine open(EngineOptions options) {
        require();
        return Engines.open("emulated", options).engine();
    }

    /** The real device under -Drequire.cuda, else the emulated one: for tests of what both must do. */
    static Engine openAny() {
        return realWanted() ? Engines.open("cuda", EngineOptions.defaults()).engine() : open();
    }

    /** Skips the test unless {@link #openAny} has something to open. */
    static void requireAny() {
        if (!realWanted()) {
            require();
        }
    }

    static boolean realWanted() {
        String wanted = System.getProperty("require.cuda");
        return wanted != null && !wanted.equals("false");
    }

    /** Skips the test where the emulated driver is not, or fails it under -Drequire.emulated=true. */
    public static void require() {
        Assumptions.assumeFalse(
                realWanted(), "Skipped: -Drequire.cuda is set, and a process can have only one libcuda.so.1.");
        Availability found = new EmulatedEngineProvider().probe();
        Optional<String> stale = NativeSources.stale();
        if (!found.available() || stale.isPresent()) {
            String reason = stale.orElse(found.reason() + ". " + found.cure());
            if (Boolean.getBoolean("require.emulated")) {
                throw new AssertionError("The emulated driver is required: " + reason);
            }
            Assumptions.abort("Skipped: " + reason);
        }
    }
}
