package dev.rectifier.engine;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** Chooses an engine, says why, and wraps it so that every call is checked. A forced choice never falls back. */
public final class Engines {
    private Engines() {}

    /**
     * An open engine and the line that explains it.
     *
     * @param engine owned by the caller, who closes it
     * @param reason what was chosen, why, and what would change it
     */
    public record Choice(Engine engine, String reason) {}

    /** All providers on the class path, the preferred first. */
    public static List<EngineProvider> providers() {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(EngineProvider::priority).reversed())
                .toList();
    }

    /**
     * Opens the engine called {@code name}, or for {@code auto} the best that is available.
     *
     * @throws NoDeviceException if it is not available here: why, and what would change it
     * @throws DeviceException if it is, and fails as it opens
     * @throws IllegalArgumentException if there is no such engine, or it cannot keep the options
     */
    public static Choice open(String name, EngineOptions options) {
        return name.equals("auto") ? openBest(options) : openForced(name, options);
    }

    private static Choice openBest(EngineOptions options) {
        StringBuilder refusals = new StringBuilder();
        for (EngineProvider provider : providers()) {
            if (provider.priority() < 0) {
                continue;
            }
            Availability found = provider.probe();
            if (found.available()) {
                return open(provider, options, found.reason() + refusals);
            }
            refusals.append("; ").append(provider.name()).append(" not used: ").append(found.reason());
            if (!found.cure().isEmpty()) {
                refusals.append(" (").append(found.cure()).append(')');
            }
        }
        throw new NoDeviceException("No engine is available" + refusals + ".");
    }

    private static Choice openForced(String name, EngineOptions options) {
        EngineProvider provider = providers().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no engine \"" + name + "\"; known are auto, "
                        + String.join(
                                ", ",
                                providers().stream().map(EngineProvider::name).toList()) + "."));
        Availability found = provider.probe();
        if (!found.available()) {
            throw new NoDeviceException("Engine \"" + name + "\" was asked for and is not available: " + found.reason()
                    + (found.cure().isEmpty() ? "." : ". " + found.cure()));
        }
        return open(provider, options, found.reason() + "; asked for by name");
    }

    private static Choice open(EngineProvider provider, EngineOptions options, String reason) {
        return new Choice(checked(provider.open(options)), "engine " + provider.name() + ": " + reason);
    }

    /** The same engine behind shape, type and ownership checks. */
    public static Engine checked(Engine engine) {
        return new CheckedEngine(engine);
    }
}
