package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** Native copies of operands. Owned by one worker; freed with it by the collector. */
final class NativeArrays {
    private static final int OPERANDS = 3;

    private final NativeCopy[] rooms = new NativeCopy[OPERANDS];

    NativeArrays() {
        Arrays.setAll(rooms, i -> new NativeCopy(0));
    }

    /** Room for operand {@code slot}, its contents undefined. */
    NativeCopy room(int slot, int bytes) {
        if (rooms[slot].bytes() < bytes) {
            rooms[slot] = new NativeCopy(bytes);
        }
        return rooms[slot];
    }
}
