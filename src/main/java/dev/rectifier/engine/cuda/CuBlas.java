package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CudaDense.Product;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * Products through cuBLAS, on the engine's stream, with a workspace of their own (so the same call gives the same bits).
 *
 * <p>Which products it takes follows from the shapes of one replica: under {@link Determinism#REPLICA} large ones, one call
 * per replica, because cuBLAS chooses its kernel by the batch; under the other levels those from about 64 up, in one batched
 * call. In {@link MathMode#TF32} it takes every fp32 product, since our own kernels know IEEE arithmetic only.
 *
 * <p>cuBLAS also chooses by the alignment of its operands. An operand whose replicas are not all aligned to 16 bytes would
 * give a replica different bits in different places, so under REPLICA it is left to our own kernels.
 */
final class CuBlas implements AutoCloseable {
    private static final int LEAST_BATCHED = 64;
    private static final int LEAST_SINGLE = 256;
    private static final int ALIGNMENT = 16;
    /** NVIDIA's advice for this generation of GPUs. */
    private static final long WORKSPACE_BYTES = 32L << 20;

    private final CudaContext context;
    private final CudaLibraries.Library library;
    private final EngineOptions options;
    private Optional<cublasHandle> handle = Optional.empty();

    CuBlas(CudaContext context, CudaLibraries.Library library, EngineOptions options) {
        this.context = context;
        this.library = library;
        this.options = options;
    }

    /** Whether this product goes through the library. */
    boolean takes(Product product) {
        if (product.depth() == 0 || product.out().shape().size() == 0) {
            return false;
        }
        if (options.mathMode() == MathMode.TF32 && product.dtype() == DType.F32) {
            return true;
        }
        long least = Math.min(product.depth(), Math.min(product.height(), product.width()));
        return perReplica() ? least >= LEAST_SINGLE && aligned(product) : least >= LEAST_BATCHED;
    }

    private boolean perReplica() {
        return options.determinism() == Determinism.REPLICA;
    }

    private static boolean aligned(Product product) {
        return aligned(product.out()) && aligned(product.left()) && aligned(product.right());
    }

    private static boolean aligned(View view) {
        int bytes = view.dtype().bytes();
        return view.offset() * bytes % ALIGNMENT == 0 && view.replicaStride() * bytes % ALIGNMENT == 0;
    }

    /** out = product, or out + product. */
    void run(Product product, boolean accumulate) {
        context.bind();
        Gemm gemm = Gemm.of(product, accumulate);
        long replicas = product.out().replicas();
        if (perReplica()) {
            for (long r = 0; r < replicas; r++) {
                check(gemm.run(open(), context, r), "gemm of replica " + r, product);
            }
        } else {
            check(gemm.runAll(open(), context), "gemmStridedBatched", product);
        }
    }

    private static void check(int status, String call, Product product) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new DeviceException(
                    "cuBLAS " + call + " failed with " + cublasStatus.stringFor(status) + " (" + status
                            + "): " + product.kind() + " " + product.out() + " from " + product.left() + " and "
                            + product.right() + ".");
        }
    }

    private cublasHandle open() {
        if (handle.isEmpty()) {
            library.load();
            cublasHandle fresh = new cublasHandle();
            check(JCublas2.cublasCreate(fresh), "cublasCreate");
            handle = Optional.of(fresh);
            configure(fresh);
        }
        return handle.get();
    }

    private void configure(cublasHandle fresh) {
        check(JCublas2.cublasSetStream(fresh, new cudaStream_t(context.stream())), "cublasSetStream");
        Arena arena = context.memory().openInternalArena("cuBLAS workspace");
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
            throw new DeviceException(call + " failed with " + cublasStatus.stringFor(status) + " (" + status
                    + "), library " + library.description() + ". Without it: -Drectifier.cublas=none.");
        }
    }

    @Override
    public void close() {
        handle.ifPresent(open -> {
            int status = JCublas2.cublasDestroy(open);
            CudaCheck.logged(status, "cublasDestroy");
        });
        handle = Optional.empty();
    }

    /**
     * A product as column-major BLAS sees it: row-major [a, b] is column-major b x a, so C^T = B^T A^T is asked for.
     *
     * @param first BLAS operand A
     * @param second BLAS operand B
     */
    private record Gemm(Product product, Operand first, Operand second, int m, int n, int k, double beta) {
        /** @param leading leading dimension: the row length of the row-major array */
        private record Operand(View view, int operation, int leading) {}

        static Gemm of(Product p, boolean accumulate) {
            int examples = Math.toIntExact(p.n());
            int units = Math.toIntExact(p.k());
            int inputs = Math.toIntExact(p.d());
            int plain = cublasOperation.CUBLAS_OP_N;
            int turned = cublasOperation.CUBLAS_OP_T;
            double beta = accumulate ? 1 : 0;
            return switch (p.kind()) {
                case FORWARD ->
                    new Gemm(
                            p,
                            new Operand(p.right(), turned, inputs),
                            new Operand(p.left(), plain, inputs),
                            units,
                            examples,
                            inputs,
                            beta);
                case INPUT_GRADIENT ->
                    new Gemm(
                            p,
                            new Operand(p.right(), plain, inputs),
                            new Operand(p.left(), plain, units),
                            inputs,
                            examples,
                            units,
                            beta);
                case WEIGHT_GRADIENT ->
                    new Gemm(
                            p,
                            new Operand(p.right(), plain, inputs),
                            new Operand(p.left(), turned, units),
                            inputs,
                            units,
                            examples,
                            beta);
            };
        }

        int run(cublasHandle handle, CudaContext context, long replica) {
            Pointer a = at(first.view, context, replica);
            Pointer b = at(second.view, context, replica);
            Pointer c = at(product.out(), context, replica);
            Pointer one = scalar(1);
            Pointer add = scalar(beta);
            return product.dtype() == DType.F32
                    ? JCublas2.cublasSgemm(
                            handle,
                            first.operation,
                            second.operation,
                            m,
                            n,
                            k,
                            one,
                            a,
                            first.leading,
                            b,
                            second.leading,
                            add,
                            c,
                            m)
                    : JCublas2.cublasDgemm(
                            handle,
                            first.operation,
                            second.operation,
                            m,
                            n,
                            k,
                            one,
                            a,
                            first.leading,
                            b,
                            second.leading,
                            add,
                            c,
                            m);
        }

        int runAll(cublasHandle handle, CudaContext context) {
            Pointer a = at(first.view, context, 0);
            Pointer b = at(second.view, context, 0);
            Pointer c = at(product.out(), context, 0);
            Pointer one = scalar(1);
            Pointer add = scalar(beta);
            long strideA = first.view.replicaStride();
            long strideB = second.view.replicaStride();
            long strideC = product.out().replicaStride();
            int replicas = Math.toIntExact(product.out().replicas());
            return product.dtype() == DType.F32
                    ? JCublas2.cublasSgemmStridedBatched(
                            handle,
                            first.operation,
                            second.operation,
                            m,
                            n,
                            k,
                            one,
                            a,
                            first.leading,
                            strideA,
                            b,
                            second.leading,
                            strideB,
                            add,
                            c,
                            m,
                            strideC,
                            replicas)
                    : JCublas2.cublasDgemmStridedBatched(
                            handle,
                            first.operation,
                            second.operation,
                            m,
                            n,
                            k,
                            one,
                            a,
                            first.leading,
                            strideA,
                            b,
                            second.leading,
                            strideB,
                            add,
                            c,
                            m,
                            strideC,
                            replicas);
        }

        private Pointer scalar(double value) {
            return product.dtype() == DType.F32
                    ? Pointer.to(new float[] {(float) value})
                    : Pointer.to(new double[] {value});
        }

        private static Pointer at(View view, CudaContext context, long replica) {
            long element = view.offset() + replica * view.replicaStride();
            return CudaBuffer.behind(view, context)
                    .address()
                    .plus(element * view.dtype().bytes());
        }
    }
}
