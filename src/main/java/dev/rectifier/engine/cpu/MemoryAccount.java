package dev.rectifier.engine.cpu;

import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.OutOfDeviceMemoryException;

/** Bytes in use by all arenas of one engine, and the most they may use. */
final class MemoryAccount {
    /** One part in so many of the heap is left to the program itself and to copies on the host. */
    private static final long RESERVED = 8;

    private static final String CURE = "Give the JVM more with -Xmx.";

    private final long limit;
    private long used;

    MemoryAccount(long limit) {
        this.limit = limit;
    }

    /** Books {@code bytes}, or refuses with the numbers. */
    void take(long bytes, String what, String purpose) {
        if (bytes > limit - used) {
            throw new OutOfDeviceMemoryException(
                    refusal(bytes, what, purpose) + " Use fewer replicas or a larger -Xmx.");
        }
        used += bytes;
    }

    void give(long bytes) {
        used -= bytes;
    }

    /**
     * What is left.
     *
     * @param physical bytes that the machine can give to the heap, the used ones included
     */
    DeviceMemory memory(long physical) {
        return new DeviceMemory(Math.max(0, Math.min(limit, physical) - used), limit, limit / RESERVED, CURE);
    }

    long used() {
        return used;
    }

    String refusal(long bytes, String what, String purpose) {
        return "Cannot allocate " + what + " (" + bytes + " bytes) for arena \"" + purpose + "\": " + used
                + " bytes are in use of " + limit + " on the cpu engine.";
    }
}
