// cublas_products.cpp: gemm and gemv in their single, strided and typed forms, and the vector operations.
#include <cmath>

#include "products.h"

using namespace blas;

namespace {

constexpr int CUDA_R_32F = 0;
constexpr int CUDA_R_64F = 1;

bool known(int transpose) { return transpose >= AS_IS && transpose <= CONJUGATED; }

template <class T>
struct Stored { // a matrix as it is stored, before op()
    T* data;
    int leading;
    long long stride;
};

struct Shape {
    int transpose_a;
    int transpose_b;
    int m;
    int n;
    int k;
    int batches;
};

template <class T>
cublasStatus gemm(
    const Handle* handle, const Shape& s, const T* alpha, Stored<const T> a, Stored<const T> b, const T* beta,
    Stored<T> c) {
    if (!is_live(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    if (!known(s.transpose_a) || !known(s.transpose_b) || alpha == nullptr || beta == nullptr) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    Product<T> product{{a.data, a.leading, a.stride, s.transpose_a != AS_IS, s.m, s.k},
                       {b.data, b.leading, b.stride, s.transpose_b != AS_IS, s.k, s.n},
                       {c.data, c.leading, c.stride, false, s.m, s.n},
                       {*handle, alpha},
                       {*handle, beta},
                       s.batches};
    return multiply(*handle, product);
}

// cublasGemmEx and its kin, for the two element types alike in all operands.
template <class T>
cublasStatus typed_gemm(
    const Handle* handle, const Shape& s, const void* alpha, Stored<const void> a, Stored<const void> b,
    const void* beta, Stored<void> c) {
    return gemm<T>(handle, s, static_cast<const T*>(alpha), {static_cast<const T*>(a.data), a.leading, a.stride},
                   {static_cast<const T*>(b.data), b.leading, b.stride}, static_cast<const T*>(beta),
                   {static_cast<T*>(c.data), c.leading, c.stride});
}

cublasStatus gemm_of_type(int type_a, int type_b, int type_c, const Handle* handle, const Shape& s, const void* alpha,
                          Stored<const void> a, Stored<const void> b, const void* beta, Stored<void> c) {
    if (type_a != type_b || type_a != type_c || (type_a != CUDA_R_32F && type_a != CUDA_R_64F)) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    return type_a == CUDA_R_32F ? typed_gemm<float>(handle, s, alpha, a, b, beta, c)
                                : typed_gemm<double>(handle, s, alpha, a, b, beta, c);
}

template <class T>
struct Vector {
    T* data;
    int increment;
    int length;

    // BLAS walks a vector of negative increment from its far end.
    T& at(int i) const {
        long long step = increment;
        return data[step >= 0 ? i * step : (i - length + 1) * step];
    }
    Operand extent() const {
        long long step = std::abs(static_cast<long long>(increment));
        return {data, length <= 0 ? 0 : static_cast<size_t>((length - 1) * step + 1) * sizeof(T)};
    }
};

// y = alpha op(A) x + beta y, as a product with one column; for positive increments.
template <class T>
cublasStatus gemv(
    const Handle* handle, int transpose, int m, int n, const T* alpha, Stored<const T> a, Stored<const T> x,
    const T* beta, Stored<T> y, int batches) {
    bool transposed = transpose != AS_IS;
    if (!is_live(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    if (!known(transpose) || m < 0 || n < 0 || x.leading == 0 || y.leading == 0) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    if (x.leading < 0 || y.leading < 0) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    // A vector of increment i is a row of a matrix with leading dimension i.
    int rows = transposed ? n : m;
    int columns = transposed ? m : n;
    Product<T> product{{a.data, a.leading, a.stride, transposed, rows, columns},
                       {x.data, x.leading, x.stride, true, columns, 1},
                       {y.data, y.leading, y.stride, true, rows, 1},
                       {*handle, alpha},
                       {*handle, beta},
                       batches};
    return multiply(*handle, product);
}

template <class Work>
cublasStatus vector_call(const Handle* handle, std::initializer_list<Operand> operands, Work work) {
    if (!is_live(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    for (const Operand& operand : operands) {
        if (!in_device_memory(operand)) {
            return CUBLAS_STATUS_EXECUTION_FAILED;
        }
    }
    return enqueue(handle->stream, work);
}

template <class T>
cublasStatus dot(const Handle* handle, Vector<const T> x, Vector<const T> y, T* result) {
    return vector_call(handle, {x.extent(), y.extent()}, [=] {
        T sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x.at(i) * y.at(i);
        }
        *result = sum;
    });
}

template <class T>
cublasStatus nrm2(const Handle* handle, Vector<const T> x, T* result) {
    return vector_call(handle, {x.extent()}, [=] {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += static_cast<double>(x.at(i)) * static_cast<double>(x.at(i));
        }
        *result = static_cast<T>(std::sqrt(sum));
    });
}

template <class T>
cublasStatus axpy(const Handle* handle, const T* alpha, Vector<const T> x, Vector<T> y) {
    if (!is_live(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    Scalar<T> factor(*handle, alpha);
    return vector_call(handle, {x.extent(), y.extent()}, [=] {
        for (int i = 0; i < x.length; i++) {
            y.at(i) += factor.get() * x.at(i);
        }
    });
}

template <class T>
cublasStatus scal(const Handle* handle, const T* alpha, Vector<T> x) {
    if (!is_live(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    Scalar<T> factor(*handle, alpha);
    return vector_call(handle, {x.extent()}, [=] {
        for (int i = 0; i < x.length; i++) {
            x.at(i) *= factor.get();
        }
    });
}

} // namespace

// The same functions for S (float) and D (double).
#define CUBLAS_FUNCTIONS(S, T) \
    EXPORT cublasStatus cublas##S##gemm_v2( \
        Handle* handle, int ta, int tb, int m, int n, int k, const T* alpha, const T* a, int lda, const T* b, int ldb, \
        const T* beta, T* c, int ldc) { \
        return gemm<T>(handle, {ta, tb, m, n, k, 1}, alpha, {a, lda, 0}, {b, ldb, 0}, beta, {c, ldc, 0}); \
    } \
    EXPORT cublasStatus cublas##S##gemmStridedBatched( \
        Handle* handle, int ta, int tb, int m, int n, int k, const T* alpha, const T* a, int lda, long long stride_a, \
        const T* b, int ldb, long long stride_b, const T* beta, T* c, int ldc, long long stride_c, int batches) { \
        return gemm<T>(handle, {ta, tb, m, n, k, batches}, alpha, {a, lda, stride_a}, {b, ldb, stride_b}, beta, \
                       {c, ldc, stride_c}); \
    } \
    EXPORT cublasStatus cublas##S##gemv_v2( \
        Handle* handle, int ta, int m, int n, const T* alpha, const T* a, int lda, const T* x, int incx, \
        const T* beta, T* y, int incy) { \
        return gemv<T>(handle, ta, m, n, alpha, {a, lda, 0}, {x, incx, 0}, beta, {y, incy, 0}, 1); \
    } \
    EXPORT cublasStatus cublas##S##gemvStridedBatched( \
        Handle* handle, int ta, int m, int n, const T* alpha, const T* a, int lda, long long stride_a, const T* x, \
        int incx, long long stride_x, const T* beta, T* y, int incy, long long stride_y, int batches) { \
        return gemv<T>(handle, ta, m, n, alpha, {a, lda, stride_a}, {x, incx, stride_x}, beta, {y, incy, stride_y}, \
                       batches); \
    } \
    EXPORT cublasStatus cublas##S##dot_v2( \
        Handle* handle, int n, const T* x, int incx, const T* y, int incy, T* result) { \
        return dot<T>(handle, {x, incx, n}, {y, incy, n}, result); \
    } \
    EXPORT cublasStatus cublas##S##nrm2_v2(Handle* handle, int n, const T* x, int incx, T* result) { \
        return nrm2<T>(handle, {x, incx, n}, result); \
    } \
    EXPORT cublasStatus cublas##S##axpy_v2( \
        Handle* handle, int n, const T* alpha, const T* x, int incx, T* y, int incy) { \
        return axpy<T>(handle, alpha, {x, incx, n}, {y, incy, n}); \
    } \
    EXPORT cublasStatus cublas##S##scal_v2(Handle* handle, int n, const T* alpha, T* x, int incx) { \
        return scal<T>(handle, alpha, {x, incx, n}); \
    }

CUBLAS_FUNCTIONS(S, float)
CUBLAS_FUNCTIONS(D, double)

EXPORT cublasStatus cublasGemmEx(
    Handle* handle, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int type_a, int lda,
    const void* b, int type_b, int ldb, const void* beta, void* c, int type_c, int ldc, int, int) {
    return gemm_of_type(type_a, type_b, type_c, handle, {ta, tb, m, n, k, 1}, alpha, {a, lda, 0}, {b, ldb, 0}, beta,
                        {c, ldc, 0});
}

EXPORT cublasStatus cublasGemmStridedBatchedEx(
    Handle* handle, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int type_a, int lda,
    long long stride_a, const void* b, int type_b, int ldb, long long stride_b, const void* beta, void* c, int type_c,
    int ldc, long long stride_c, int batches, int, int) {
    return gemm_of_type(type_a, type_b, type_c, handle, {ta, tb, m, n, k, batches}, alpha, {a, lda, stride_a},
                        {b, ldb, stride_b}, beta, {c, ldc, stride_c});
}
