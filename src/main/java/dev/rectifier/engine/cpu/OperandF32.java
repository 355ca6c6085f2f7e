package dev.rectifier.engine.cpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that own loops use on the heap and OpenBLAS in native memory; each side is brought up to date when it is asked
 * for, so that a number travels only where the next reader is on the other side. Used by one thread.
 */
final class OperandF32 {
    private final float[] array;
    private final int at;
    private final int count;
    private @Nullable NativeCopy copy;
    private boolean heapIsOld;
    private boolean copyIsOld = true;

    /** The {@code count} elements of {@code array} from {@code at} on. */
    OperandF32(float[] array, int at, int count) {
        this.array = array;
        this.at = at;
        this.count = count;
    }

    OperandF32(int count) {
        this(new float[count], 0, count);
    }

    /** Every layer's matrix within all parameters. */
    static OperandF32[] matrices(LayerRows net, float[] all) {
        OperandF32[] windows = new OperandF32[net.layers()];
        Arrays.setAll(windows, l -> new OperandF32(all, net.weight()[l], net.out()[l] * net.in()[l]));
        return windows;
    }

    int count() {
        return count;
    }

    int at() {
        return at;
    }

    /** The heap side, to be read. */
    float[] array() {
        if (heapIsOld) {
            copy().get(array, at, count);
            heapIsOld = false;
        }
        return array;
    }

    /** The heap side, to be changed here and there. */
    float[] changed() {
        float[] present = array();
        copyIsOld = true;
        return present;
    }

    /** The heap side, to be written from end to end. */
    float[] overwritten() {
        heapIsOld = false;
        copyIsOld = true;
        return array;
    }

    /** The native side, to be read. */
    NativeCopy inNative() {
        NativeCopy room = copy();
        if (copyIsOld) {
            room.put(array, at, count);
            copyIsOld = false;
        }
        return room;
    }

    /** The native side, to be written: as it is where {@code begun}, else its contents are undefined. */
    NativeCopy changedInNative(boolean begun) {
        NativeCopy room = begun ? inNative() : copy();
        copyIsOld = false;
        heapIsOld = true;
        return room;
    }

    private NativeCopy copy() {
        NativeCopy held = copy;
        if (held == null) {
            held = new NativeCopy(count * Float.BYTES);
            copy = held;
        }
        return held;
    }
}
