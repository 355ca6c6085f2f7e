package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The device under measurement, used otherwise.
 *
 * @param engine an engine on it
 * @param settings system properties that hold while it works: switches that are asked for at every call
 */
public record Rival(Engine engine, Map<String, String> settings) {
    public Rival {
        settings = Map.copyOf(settings);
    }

    /** What {@code work} gives under these settings; they are as they were before when it is done. */
    public <T> T under(Supplier<T> work) {
        Map<String, String> before = new LinkedHashMap<>();
        settings.forEach((name, value) -> before.put(name, System.getProperty(name, "")));
        try {
            settings.forEach(System::setProperty);
            return work.get();
        } finally {
            before.forEach(Rival::restore);
        }
    }

    private static void restore(String name, String value) {
        if (value.isEmpty()) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
