package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** A dense matrix of a worker, made of pieces of arrays: in native memory where OpenBLAS multiplies it, else on the heap. */
final class PanelF32 {
    private static final float[] LIKE = {};

    private final boolean inLibrary;
    private final float[] heap;
    private final NativeCopy room;

    private PanelF32(boolean inLibrary, float[] heap, NativeCopy room) {
        this.inLibrary = inLibrary;
        this.heap = heap;
        this.room = room;
    }

    /** Panel {@code slot} of the worker with room for {@code length} elements, undefined. */
    static PanelF32 of(Scratch scratch, int slot, int length, boolean inLibrary) {
        NativeArrays memory = scratch.nativeArrays();
        NativeCopy room = memory.room(slot, inLibrary ? Math.multiplyExact(length, Float.BYTES) : 0);
        return new PanelF32(inLibrary, inLibrary ? LIKE : BlocksF32.scratch(scratch, slot, length), room);
    }

    /** {@code count} elements of {@code from} become those from {@code to} on. */
    void put(int to, float[] from, int at, int count) {
        if (inLibrary) {
            room.put(to, from, at, count);
        } else {
            System.arraycopy(from, at, heap, to, count);
        }
    }

    /** The reverse. */
    void get(int from, float[] to, int at, int count) {
        if (inLibrary) {
            room.get(from, to, at, count);
        } else {
            System.arraycopy(heap, from, to, at, count);
        }
    }

    /** This = a b, or this + a b where the sum has begun. */
    void multiply(ProductShape s, PanelF32 a, PanelF32 b, boolean begun) {
        ProductShape.Part whole = new ProductShape.Part(0, s.rows(), 0, s.columns());
        if (inLibrary) {
            int lda = s.ap() == 1 ? Math.max(s.ai(), s.depth()) : Math.max(s.ap(), s.rows());
            int ldb = s.bj() == 1 ? Math.max(s.bp(), s.columns()) : Math.max(s.bj(), s.depth());
            Blas.Call call = new Blas.Call(s, whole, lda, ldb, s.columns());
            Blas.multiply(call, begun ? 1 : 0, room.from(0, LIKE), a.room.from(0, LIKE), b.room.from(0, LIKE));
            return;
        }
        if (!begun) {
            Arrays.fill(heap, 0, s.rows() * s.columns(), 0);
        }
        new TileF32(s, heap, a.heap, b.heap).add(0, 0, 0, whole);
    }
}
