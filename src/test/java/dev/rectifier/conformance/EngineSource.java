package dev.rectifier.conformance;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.EngineProvider;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * All engines present. {@code cpu} with one and with two threads always; {@code emulated} where its driver was built, and
 * with {@code -Drequire.emulated} it must be; {@code cuda} only with {@code -Drequire.cuda}, in a JVM where it must then
 * be, and the emulated driver stays away (one process holds one driver).
 */
public final class EngineSource implements AfterAllCallback {
    /**
     * An open engine.
     *
     * @param name engine and setting
     * @param engine open until its source closes
     */
    public record Present(String name, Engine engine) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Present> engines = new ArrayList<>();
    private final MathMode mode;

    public EngineSource() {
        this(MathMode.IEEE);
    }

    /** Engines whose fp32 products are in {@code mode}. */
    EngineSource(MathMode mode) {
        this.mode = mode;
    }

    private void open() {
        EngineOptions options = EngineOptions.defaults().withMathMode(mode);
        engines.add(new Present("cpu-1", open("cpu", options.withThreads(1))));
        engines.add(new Present("cpu-2", open("cpu", options.withThreads(2))));
        if (required("cuda")) {
            engines.add(new Present("cuda", open("cuda", options)));
        } else {
            openEmulated(options);
        }
    }

    private void openEmulated(EngineOptions options) {
        Optional<String> stale = NativeSources.stale();
        if (required("emulated") && stale.isPresent()) {
            throw new AssertionError("The emulated driver is required, but " + stale.get() + ".");
        }
        if (required("emulated") || (stale.isEmpty() && available("emulated"))) {
            engines.add(new Present("emulated", open("emulated", options)));
        } else {
            System.out.println("conformance: its trials on the emulated driver are left out: "
                    + stale.orElse("that driver is not here") + ".");
        }
    }

    private static Engine open(String name, EngineOptions options) {
        return Engines.open(name, options).engine();
    }

    private static boolean required(String name) {
        String value = System.getProperty("require." + name);
        return value != null && !value.equals("false");
    }

    private static boolean available(String name) {
        return Engines.providers().stream()
                .filter(p -> p.name().equals(name))
                .map(EngineProvider::probe)
                .anyMatch(Availability::available);
    }

    /** All of them, opened if they are not. */
    public List<Present> engines() {
        if (engines.isEmpty()) {
            open();
        }
        return List.copyOf(engines);
    }

    /** The CPU engine with one thread: the one to plant faults in, and the one others are held against. */
    public Engine reference() {
        return engines().get(0).engine();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Closes them; the next {@link #engines} opens others. */
    public void close() {
        List<Present> open = List.copyOf(engines);
        engines.clear();
        for (Present present : open) {
            long left = present.engine().bytesInUse();
            present.engine().close();
            if (left != 0) {
                throw new AssertionError(
                        present.name() + " still held " + left + " bytes when all arenas were closed.");
            }
        }
    }
}
