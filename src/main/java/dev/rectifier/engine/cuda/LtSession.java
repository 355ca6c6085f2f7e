package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.tensor.DType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** cublasLt opened for an engine, and what of it may be used, asked of the device once per element type. */
final class LtSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LtSession.class);
    private static final long WORKSPACE_BYTES = 32L << 20;
    private static final long CHECK_WORKSPACE_BYTES = 1L << 20;

    private final CudaContext context;
    private final EngineOptions options;
    private final LtLibrary library;
    private final LtRunner runner;
    private final Map<DType, LtVerdict> verdicts = new EnumMap<>(DType.class);

    /** @throws NoDeviceException where the library cannot be used; it says why */
    LtSession(CudaContext context, EngineOptions options, CudaLibraries.Lt found) {
        context.bind();
        this.context = context;
        this.options = options;
        this.library = LtLibrary.open(found.half(), found.file());
        LtRunner.Workspace workspace = LtRunner.Workspace.growing(context.memory(), WORKSPACE_BYTES);
        this.runner = new LtRunner(context, library, options, workspace);
        LOG.debug("cublasLt {} opened: {}", library.version(), found.file());
    }

    LtRunner runner() {
        return runner;
    }

    /** At the first call for a type a few small products, whose answers are waited for. */
    LtVerdict verdict(DType type) {
        LtVerdict known = verdicts.get(type);
        if (known != null) {
            return known;
        }
        LtVerdict verdict = check(type);
        verdicts.put(type, verdict);
        LOG.info("cublasLt {}, {}: used for {}.", library.version(), type, verdict.words());
        String used = type + ", used for " + verdict.words();
        verdict.faults().forEach(fault -> LOG.warn("cublasLt {}, {} alone: {}.", library.version(), used, fault));
        return verdict;
    }

    private LtVerdict check(DType type) {
        try (Arena arena = context.memory().openInternalArena("check of cublasLt")) {
            LtRunner.Workspace workspace = LtRunner.Workspace.of(arena, CHECK_WORKSPACE_BYTES);
            LtRunner trial = new LtRunner(context, library, options, workspace);
            return new LtCheck(trial, arena, options.mathMode()).of(type);
        } catch (LtFailure e) {
            return new LtVerdict(false, false, false, List.of(e.call()));
        } catch (OutOfDeviceMemoryException e) {
            return new LtVerdict(false, false, false, List.of("no device memory is left for its check"));
        }
    }

    @Override
    public void close() {
        library.close();
    }
}
