package dev.rectifier.engine;

import java.util.List;

/** A way to compute, found by {@link java.util.ServiceLoader}; {@link Engines} asks it, nobody else. */
public interface EngineProvider {
    /** The word a user types: {@code cpu}, {@code cuda}, {@code emulated}. */
    String name();

    /** Whether {@code auto} may choose it; higher is tried first, negative never. */
    int priority();

    /** Looks, cheaply and without side effects on the result, whether {@link #open} would succeed. Never throws. */
    Availability probe();

    /**
     * What this provider found on the machine when it looked (driver, device, libraries, compilers), for {@code doctor}.
     * May take a second; never throws.
     */
    default List<Finding> findings() {
        return List.of();
    }

    /**
     * Opens the engine.
     *
     * @throws NoDeviceException if something it needs is missing; it says what, and what to do
     * @throws DeviceException if the device fails: {@link OutOfDeviceMemoryException} where its memory is full
     * @throws IllegalArgumentException if it cannot keep an option asked for
     */
    Engine open(EngineOptions options);
}
