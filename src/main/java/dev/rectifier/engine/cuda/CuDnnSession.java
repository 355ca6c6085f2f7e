package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CuDnnConvolutions.Kind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** cuDNN opened for an engine's convolutions, and what of it may be used, asked of the device once per element type. */
final class CuDnnSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CuDnnSession.class);
    private static final long CHECK_WORKSPACE_BYTES = 4L << 20;

    private final CudaContext context;
    private final CuDnnHandle handle;
    private final CuDnnRoom room;
    private final ConvOps own;
    private final CuDnnConvolutions convolutions;
    private final Map<DType, CuDnnVerdict> verdicts = new EnumMap<>(DType.class);

    /** @throws DeviceException where the library cannot be used; it says why */
    CuDnnSession(CudaContext context, CudaLibraries.Library library, CuDnnRoom room, ConvOps own) {
        this.context = context;
        this.handle = new CuDnnHandle(context, library);
        this.room = room;
        this.own = own;
        this.convolutions = new CuDnnConvolutions(handle, room);
        LOG.debug("cuDNN opened: {}", handle.description());
    }

    /** See {@link CuDnnConvolutions#run}; false also where the check found a fault. */
    boolean run(Kind kind, ConvSizes sizes, Optional<View> bias) {
        return verdict(sizes.dtype()).used().contains(kind) && convolutions.run(kind, sizes, bias);
    }

    /** At the first call for a type some small convolutions, whose answers are waited for. */
    CuDnnVerdict verdict(DType type) {
        CuDnnVerdict known = verdicts.get(type);
        if (known != null) {
            return known;
        }
        CuDnnVerdict verdict = check(type);
        verdicts.put(type, verdict);
        LOG.info("cuDNN {}, {}: used for {}.", CuDnnHandle.version(), type, verdict.words());
        verdict.faults()
                .forEach(fault -> LOG.warn(
                        "cuDNN {}, {}: own kernels do what its check found wrong: {}.",
                        CuDnnHandle.version(),
                        type,
                        fault));
        return verdict;
    }

    private CuDnnVerdict check(DType type) {
        try (Arena arena = context.memory().openInternalArena("check of cuDNN")) {
            CudaBuffer there =
                    (CudaBuffer) arena.allocate(DType.I64, Shape.of(CHECK_WORKSPACE_BYTES / DType.I64.bytes()));
            CuDnnConvolutions trial = new CuDnnConvolutions(handle, room.with(there));
            return new CuDnnCheck(trial, own, arena).of(type);
        }
    }

    @Override
    public void close() {
        handle.close();
    }
}
