package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.cuda.CudaDense.Product;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Products through cuBLAS, on the engine's stream, with a workspace of their own (so the same call gives the same bits).
 *
 * <p>Which products it takes follows from the shapes of one replica: under {@link Determinism#REPLICA} large ones, one call
 * per replica, because cuBLAS chooses its kernel by the batch; under the other levels those from about 64 up, in one batched
 * call. It has no {@link MathMode#TF32X3}: all fp32 products of that mode are our own.
 *
 * <p>cuBLAS also chooses by the alignment of its operands, which would give a replica different bits in different places.
 * So under REPLICA a block that is not aligned goes through {@link AlignedBlocks}: one and the same kernel for a replica
 * alone, among others, and with shared inputs.
 */
final class CuBlas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CuBlas.class);
    private static final int LEAST_BATCHED = 64;
    private static final int LEAST_SINGLE = 256;
    /** NVIDIA's advice for this generation of GPUs. */
    private static final long WORKSPACE_BYTES = 32L << 20;

    private final CudaContext context;
    private final CudaLibraries.Library library;
    private final EngineOptions options;
    private final AlignedBlocks aligned;
    private Optional<cublasHandle> handle = Optional.empty();

    CuBlas(CudaContext context, CudaLibraries.Library library, EngineOptions options) {
        this.context = context;
        this.library = library;
        this.options = options;
        this.aligned = new AlignedBlocks(context);
    }

    /** Whether this product goes through the library: a matter of the shapes of one replica alone. */
    boolean takes(Product product) {
        if (product.depth() == 0 || product.out().shape().size() == 0) {
            return false;
        }
        if (options.mathMode() == MathMode.TF32X3 && product.dtype() == DType.F32) {
            return false;
        }
        long least = Math.min(product.depth(), Math.min(product.height(), product.width()));
        return least >= (perReplica() ? LEAST_SINGLE : LEAST_BATCHED);
    }

    private boolean perReplica() {
        return options.determinism() == Determinism.REPLICA;
    }

    /** out = product, or out + product. */
    void run(Product product, boolean accumulate) {
        context.bind();
        cublasHandle library = open();
        Gemm gemm = Gemm.of(product, accumulate);
        if (!perReplica()) {
            check(gemm.runAll(library, context), "gemmStridedBatched", product);
            return;
        }
        for (long r = 0; r < product.out().replicas(); r++) {
            Pointer a = aligned.input(AlignedBlocks.Place.FIRST, gemm.first().view(), r);
            Pointer b = aligned.input(AlignedBlocks.Place.SECOND, gemm.second().view(), r);
            Pointer c = aligned.output(product.out(), r, accumulate);
            check(gemm.run(library, a, b, c), "gemm of replica " + r, product);
            aligned.finish(product.out(), r);
        }
    }

    private void check(int status, String call, Product product) {
        context.libraryCalled();
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw failure(
                    status,
                    "cuBLAS " + describe(status, call) + ": " + product.kind() + " " + product.out() + " from "
                            + product.left() + " and " + product.right());
        }
    }

    private cublasHandle open() {
        if (handle.isEmpty()) {
            library.load();
            Arena workspace = context.memory().openInternalArena("cuBLAS workspace");
            try {
                handle = Optional.of(create(workspace));
            } catch (DeviceException e) {
                workspace.close();
                throw e;
            }
        }
        return handle.get();
    }

    private cublasHandle create(Arena workspace) {
        cublasHandle fresh = new cublasHandle();
        check(JCublas2.cublasCreate(fresh), "cublasCreate");
        try {
            configure(fresh, workspace);
        } catch (DeviceException e) {
            destroy(fresh);
            throw e;
        }
        return fresh;
    }

    private void configure(cublasHandle fresh, Arena arena) {
        check(JCublas2.cublasSetStream(fresh, new cudaStream_t(context.stream())), "cublasSetStream");
        CudaBuffer workspace = (CudaBuffer) arena.allocate(DType.I64, Shape.of(WORKSPACE_BYTES / DType.I64.bytes()));
        check(JCublas2.cublasSetWorkspace(fresh, workspace.address(), WORKSPACE_BYTES), "cublasSetWorkspace");
        check(
                JCublas2.cublasSetAtomicsMode(fresh, cublasAtomicsMode.CUBLAS_ATOMICS_NOT_ALLOWED),
                "cublasSetAtomicsMode");
        boolean tf32 = options.mathMode() == MathMode.TF32;
        int mode = tf32 ? cublasMath.CUBLAS_TF32_TENSOR_OP_MATH : cublasMath.CUBLAS_PEDANTIC_MATH;
        check(JCublas2.cublasSetMathMode(fresh, mode), "cublasSetMathMode");
    }

    private void check(int status, String call) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw failure(
                    status,
                    describe(status, call) + ", library " + library.description()
                            + ". Without it: -Drectifier.cublas=none");
        }
    }

    private static String describe(int status, String call) {
        return call + " failed with " + cublasStatus.stringFor(status) + " (" + status + ")";
    }

    private DeviceException failure(int status, String what) {
        String message = what + "; device memory: " + context.memory().state() + ".";
        return status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED
                ? new OutOfDeviceMemoryException(message)
                : new DeviceException(message);
    }

    private void destroy(cublasHandle open) {
        int status = JCublas2.cublasDestroy(open);
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            LOG.atLevel(context.isLost() ? Level.DEBUG : Level.WARN)
                    .log("While closing: {}.", describe(status, "cublasDestroy"));
        }
    }

    @Override
    public void close() {
        handle.ifPresent(this::destroy);
        handle = Optional.empty();
    }
}
