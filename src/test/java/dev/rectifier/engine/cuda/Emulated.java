package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import org.junit.jupiter.api.Assumptions;

/** Opens the emulated engine; where it was not built the test is skipped, or fails under -Drequire.emulated=true. */
final class Emulated {
    private Emulated() {}

    static Engine open() {
        return open(EngineOptions.defaults());
    }

    static Engine open(EngineOptions options) {
        require();
        return Engines.open("emulated", options).engine();
    }

    static void require() {
        Availability found = new EmulatedEngineProvider().probe();
        if (!found.available()) {
            String reason = found.reason() + ". " + found.cure();
            if (Boolean.getBoolean("require.emulated")) {
                throw new AssertionError("The emulated driver is required: " + reason);
            }
            Assumptions.abort("Skipped: " + reason);
        }
    }
}
