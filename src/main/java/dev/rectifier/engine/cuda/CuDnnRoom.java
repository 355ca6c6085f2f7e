package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;
import java.util.function.LongFunction;

/**
 * Device memory that calls of cuDNN need beside their operands; one for an engine, since its calls come one after the other.
 *
 * @param most bytes that a workspace may have
 * @param workspace so many bytes, at least
 * @param aligned copies of operands that stand where the library would choose another kernel
 */
record CuDnnRoom(long most, LongFunction<CudaBuffer> workspace, AlignedBlocks aligned) {
    /** Allocated at its first use, as large as was wanted so far, and given back with the context. */
    static CuDnnRoom growing(CudaContext context) {
        GrowingBuffer storage = new GrowingBuffer(context.memory(), "cuDNN workspace", DType.I64, 1);
        return new CuDnnRoom(
                CuDnnMode.workspaceBytes(),
                bytes -> storage.holding(Grid.ceilDiv(bytes, DType.I64.bytes())),
                new AlignedBlocks(context));
    }

    /** The same with a workspace that is there already. */
    CuDnnRoom with(CudaBuffer there) {
        return new CuDnnRoom(there.bytes(), bytes -> there, aligned);
    }
}
