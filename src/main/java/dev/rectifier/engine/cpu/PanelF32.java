package dev.rectifier.engine.cpu;

import java.util.Arrays;
import java.util.Optional;

/** A dense matrix of a worker, made of pieces of arrays: in native memory where OpenBLAS multiplies it, else on the heap. */
final class PanelF32 {
    private static final float[] LIKE = {};

    private final float[] heap;
    private final Optional<NativeCopy> room;

    private PanelF32(float[] heap, Optional<NativeCopy> room) {
        this.heap = heap;
        this.room = room;
    }

    /** Panel {@code slot} of the worker with room for {@code length} elements, undefined. */
    static PanelF32 of(Scratch scratch, int slot, int length, boolean inLibrary) {
        if (!inLibrary) { // native memory is never asked for where the library's natives are not there
            return new PanelF32(BlocksF32.scratch(scratch, slot, length), Optional.empty());
        }
        int bytes = Math.multiplyExact(length, Float.BYTES);
        return new PanelF32(LIKE, Optional.of(scratch.nativeArrays().room(slot, bytes)));
    }

    /** {@code count} elements of {@code from} become those from {@code to} on. */
    void put(int to, float[] from, int at, int count) {
        if (room.isPresent()) {
            room.get().put(to, from, at, count);
        } else {
            System.arraycopy(from, at, heap, to, count);
        }
    }

    /** The reverse. */
    void get(int from, float[] to, int at, int count) {
        if (room.isPresent()) {
            room.get().get(from, to, at, count);
        } else {
            System.arraycopy(heap, from, to, at, count);
        }
    }

    /** This = a b, or this + a b where the sum has begun. */
    void multiply(ProductShape s, PanelF32 a, PanelF32 b, boolean begun) {
        ProductShape.Part whole = new ProductShape.Part(0, s.rows(), 0, s.columns());
        if (room.isPresent()) {
            int lda = s.ap() == 1 ? Math.max(s.ai(), s.depth()) : Math.max(s.ap(), s.rows());
            int ldb = s.bj() == 1 ? Math.max(s.bp(), s.columns()) : Math.max(s.bj(), s.depth());
            Blas.Call call = new Blas.Call(s, whole, lda, ldb, s.columns());
            NativeCopy left = a.room.orElseThrow();
            NativeCopy right = b.room.orElseThrow();
            Blas.multiply(call, begun ? 1 : 0, room.get().from(0, LIKE), left.from(0, LIKE), right.from(0, LIKE));
            return;
        }
        if (!begun) {
            Arrays.fill(heap, 0, s.rows() * s.columns(), 0);
        }
        new TileF32(s, heap, a.heap, b.heap).add(0, 0, 0, whole);
    }
}
