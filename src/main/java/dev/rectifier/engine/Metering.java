package dev.rectifier.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What somebody who measures asks of an engine beyond computing. Changes no number. */
public interface Metering {
    /** An engine that knows nothing of itself. */
    Metering NONE = new Metering() {};

    /** A new stopwatch on the device's own clock; empty where the host's clock is the device's. The caller closes it. */
    default Optional<Stopwatch> stopwatch() {
        return Optional.empty();
    }

    /** Bytes of the last-level cache. */
    default OptionalLong cacheBytes() {
        return OptionalLong.empty();
    }

    /** Kernels and library calls launched since the engine was opened. */
    default OptionalLong launches() {
        return OptionalLong.empty();
    }

    /**
     * Has all of the device do nothing but fused multiply-adds in fp32: what bounds those whose numbers never leave it. Ordered
     * with other work, and not waited for.
     *
     * @return how many, at least as many as asked for; empty where there is no such loop
     */
    default OptionalLong multiplyAdds(long atLeast) {
        return OptionalLong.empty();
    }

    /** Libraries that could be compared with on this device, whether they are installed or not. */
    default List<OtherLibrary> otherLibraries() {
        return List.of();
    }
}
