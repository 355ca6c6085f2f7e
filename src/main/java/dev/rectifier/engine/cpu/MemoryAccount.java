package dev.rectifier.engine.cpu;

import dev.rectifier.engine.OutOfDeviceMemoryException;

/** Bytes in use by all arenas of one engine, and the most they may use. */
final class MemoryAccount {
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

    long used() {
        return used;
    }

    String refusal(long bytes, String what, String purpose) {
        return "Cannot allocate " + what + " (" + bytes + " bytes) for arena \"" + purpose + "\": " + used
                + " bytes are in use of " + limit + " on the cpu engine.";
    }
}
