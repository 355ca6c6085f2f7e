package dev.rectifier.engine.cuda;

import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;

/**
 * A product as cublasLt plans it, column-major as in {@link Gemm}: D = op(A) op(B) with an epilogue, for each of a batch.
 *
 * @param alignment bytes: a power of two that every operand's address is a multiple of
 * @param workspaceBytes the most that an algorithm may ask for
 */
record LtRequest(Epilogue epilogue, Arithmetic arithmetic, Form form, Batch batch, int alignment, long workspaceBytes) {
    /** What is joined to a product, with cublasLt's number for it. */
    enum Epilogue {
        /** A bias per row of D. */
        BIAS(4),
        /** The same, ReLU, and its gates as a mask of one bit per element, column after column. */
        RELU_AUX_BIAS(134),
        /** The sums over k of op(B), one per column of D. */
        BGRADB(512);

        private final int number;

        Epilogue(int number) {
            this.number = number;
        }
    }

    /** Element type and what may be done inside a product of it. */
    record Arithmetic(DType type, MathMode mode) {
        private long elementNumber() {
            return type == DType.F32 ? cudaDataType.CUDA_R_32F : cudaDataType.CUDA_R_64F;
        }

        private long computeNumber() {
            if (type == DType.F64) {
                return cublasComputeType.CUBLAS_COMPUTE_64F_PEDANTIC;
            }
            return mode == MathMode.TF32
                    ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                    : cublasComputeType.CUBLAS_COMPUTE_32F_PEDANTIC;
        }
    }

    /** D is m x n without gaps, the sums have k terms. */
    record Form(int m, int n, int k, int operationA, int operationB, int leadingA, int leadingB) {
        static Form of(Gemm gemm) {
            return new Form(
                    gemm.m(),
                    gemm.n(),
                    gemm.k(),
                    gemm.first().operation(),
                    gemm.second().operation(),
                    gemm.first().leading(),
                    gemm.second().leading());
        }
    }

    /** How many, and the elements from one to the next. */
    record Batch(long count, long strideA, long strideB, long strideD, long strideBias) {
        static final Batch ONE = new Batch(1, 0, 0, 0, 0);
    }

    LtRequest with(Epilogue other) {
        return new LtRequest(other, arithmetic, form, batch, alignment, workspaceBytes);
    }

    /** In the order of {@code lt::Request} (native/lt/plan.h). */
    long[] fields() {
        return new long[] {
            form.m,
            form.n,
            form.k,
            form.operationA,
            form.operationB,
            form.leadingA,
            form.leadingB,
            form.m,
            batch.count,
            batch.strideA,
            batch.strideB,
            batch.strideD,
            batch.strideBias,
            arithmetic.elementNumber(),
            arithmetic.computeNumber(),
            epilogue.number,
            workspaceBytes,
            alignment
        };
    }

    /** For messages. */
    @Override
    public String toString() {
        return "a product of " + form.m + " x " + form.n + " sums of " + form.k + " terms with epilogue " + epilogue
                + ", " + arithmetic.type + " " + arithmetic.mode + ", batch of " + batch.count;
    }
}
