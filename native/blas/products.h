// products.h: matrix products in plain loops, column-major as cuBLAS has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cublas_types.h"
#include "driver_link.h"

namespace blas {

// op(X) as a matrix of rows x columns, one of a batch.
template <class T>
struct Matrix {
    T* data;
    long long leading;
    long long stride; // from one matrix of the batch to the next
    bool transposed;
    int rows;
    int columns;

    T& at(int batch, int row, int column) const {
        return data[batch * stride + (transposed ? column + row * leading : row + column * leading)];
    }
    int stored_rows() const { return transposed ? columns : rows; }
    int stored_columns() const { return transposed ? rows : columns; }
    bool valid() const { return rows >= 0 && columns >= 0 && leading >= std::max(1, stored_rows()); }
    Operand extent(int batches) const {
        bool empty = rows == 0 || columns == 0 || batches == 0;
        long long last = (batches - 1) * stride + (stored_columns() - 1) * leading + stored_rows();
        return {data, empty ? 0 : static_cast<size_t>(last) * sizeof(T)};
    }
};

// C = alpha A B + beta C for each of a batch. Where beta is 0, C is not read: it may hold anything.
template <class T>
struct Product {
    Matrix<const T> a;
    Matrix<const T> b;
    Matrix<T> c;
    Scalar<T> alpha;
    Scalar<T> beta;
    int batches;

    void column(int batch, int j, std::vector<T>& sums) const {
        sums.assign(static_cast<size_t>(c.rows), T(0));
        for (int p = 0; p < a.columns; p++) {
            T factor = b.at(batch, p, j);
            for (int i = 0; i < c.rows; i++) {
                sums[i] += a.at(batch, i, p) * factor;
            }
        }
        for (int i = 0; i < c.rows; i++) {
            T& target = c.at(batch, i, j);
            target = beta.get() == T(0) ? alpha.get() * sums[i] : alpha.get() * sums[i] + beta.get() * target;
        }
    }

    void run() const {
        std::vector<T> sums;
        for (int batch = 0; batch < batches; batch++) {
            for (int j = 0; j < c.columns; j++) {
                column(batch, j, sums);
            }
        }
    }
};

template <class T>
cublasStatus multiply(const Handle& handle, const Product<T>& product) {
    if (product.batches < 0 || !product.a.valid() || !product.b.valid() || !product.c.valid()) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    for (const Operand& operand :
         {product.a.extent(product.batches), product.b.extent(product.batches), product.c.extent(product.batches)}) {
        if (!in_device_memory(operand)) {
            return CUBLAS_STATUS_EXECUTION_FAILED;
        }
    }
    return enqueue(handle.stream, [product] { product.run(); });
}

} // namespace blas
