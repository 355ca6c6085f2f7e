package dev.rectifier.engine.cuda;

import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CudaDense.Product;
import dev.rectifier.tensor.DType;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;

/**
 * A product as column-major BLAS sees it: row-major [a, b] is column-major b x a, so C^T = B^T A^T is asked for.
 *
 * @param first BLAS operand A
 * @param second BLAS operand B
 */
record Gemm(Product product, Operand first, Operand second, int m, int n, int k, double beta) {
    /** @param leading leading dimension: the row length of the row-major array */
    record Operand(View view, int operation, int leading) {}

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

    /** One replica, with its operands and output at these places. */
    int run(cublasHandle handle, Pointer a, Pointer b, Pointer c) {
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

    /** All replicas in one call. */
    int runAll(cublasHandle handle, CudaContext context) {
        Pointer a = CudaBuffer.address(first.view, context, 0);
        Pointer b = CudaBuffer.address(second.view, context, 0);
        Pointer c = CudaBuffer.address(product.out(), context, 0);
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
}
