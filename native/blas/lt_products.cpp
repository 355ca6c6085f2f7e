// lt_products.cpp: products of the cublasLt double with their epilogues, in plain loops. Two algorithms: the one that the
// heuristic gives a product without a mask or bias gradient sums upwards, the other downwards; so whoever takes another
// algorithm for the joined operation than for the parts gets other bits, here as on a GPU.
#include <cmath>

#include "driver_link.h"
#include "lt_types.h"
#include "products.h"

using namespace lt_double;
using namespace blas;

namespace {

constexpr uint64_t MARK = 0x5245435449464945; // an algorithm is one of ours
constexpr uint64_t UPWARDS = 1;
constexpr uint64_t DOWNWARDS = 2;
constexpr size_t WORKSPACE = 64; // bytes that the second algorithm asks for, so that somebody has to bring them

bool masks(const Descriptor& d) { return d.epilogue == lt::EPILOGUE_RELU_AUX_BIAS; }
bool sums_bias(const Descriptor& d) { return d.epilogue == lt::EPILOGUE_BGRADB; }
bool adds_bias(const Descriptor& d) { return d.epilogue == lt::EPILOGUE_BIAS || masks(d); }

// The pieces of one call, found or missing.
struct Pieces {
    const Descriptor* how;
    const Layout *a, *b, *c, *d;
    bool found(void* handle) const {
        return Live<LtHandle>::find(handle) != nullptr && how != nullptr && a != nullptr && b != nullptr &&
               c != nullptr && d != nullptr;
    }
};

Pieces pieces(void* how, void* a, void* b, void* c, void* d) {
    return {Live<Descriptor>::find(how), Live<Layout>::find(a), Live<Layout>::find(b), Live<Layout>::find(c),
            Live<Layout>::find(d)};
}

template <class T>
Matrix<T> matrix(const void* data, const Layout& layout, bool transposed) {
    auto rows = static_cast<int>(layout.rows), columns = static_cast<int>(layout.columns);
    return {static_cast<T*>(const_cast<void*>(data)), layout.leading, layout.stride, transposed,
            transposed ? columns : rows, transposed ? rows : columns};
}

// Sizes, types and batches that belong together, and an epilogue whose operands are well described.
cublasStatus fitting(const Pieces& p) {
    auto a = matrix<const float>(nullptr, *p.a, p.how->transpose_a != 0);
    auto b = matrix<const float>(nullptr, *p.b, p.how->transpose_b != 0);
    auto d = matrix<const float>(nullptr, *p.d, false);
    bool alike = p.a->type == p.how->scale_type && p.b->type == p.a->type && p.c->type == p.a->type && p.d->type == p.a->type &&
                 p.a->batches == p.d->batches && p.b->batches == p.d->batches && p.c->batches == p.d->batches;
    if (!alike || !a.valid() || !b.valid() || !d.valid() || p.d->batches < 1 || a.rows != d.rows || b.columns != d.columns ||
        a.columns != b.rows) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    bool known = p.how->epilogue == lt::EPILOGUE_DEFAULT || adds_bias(*p.how) || sums_bias(*p.how);
    bool mask_fits = !masks(*p.how) || (p.how->mask_leading % 128 == 0 && p.how->mask_leading >= d.rows &&
                                        p.how->mask_stride % 128 == 0);
    return known && mask_fits ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

lt::Heuristic algorithm(uint64_t order) {
    lt::Heuristic result = {};
    result.algorithm.words[0] = MARK;
    result.algorithm.words[1] = order;
    result.workspace_bytes = order == DOWNWARDS ? WORKSPACE : 0;
    result.state = CUBLAS_STATUS_SUCCESS;
    return result;
}

template <class T>
struct Work {
    Matrix<const T> a, b;
    Matrix<T> d;
    Descriptor how;
    int batches;
    uint64_t order;

    T sum(int batch, int i, int j) const {
        bool down = (order == DOWNWARDS) != (planted() == ORDER_BY_EPILOGUE && (masks(how) || sums_bias(how)));
        T total = 0;
        for (int p = 0; p < a.columns; p++) {
            int term = down ? a.columns - 1 - p : p;
            total += a.at(batch, i, term) * b.at(batch, term, j);
        }
        return total;
    }

    T& bias(int batch, int i) const { return static_cast<T*>(how.bias)[batch * how.bias_stride + i]; }

    T with_bias(int batch, int i, T value) const {
        return value + bias(batch, i) + (planted() == WRONG_BIAS ? bias(batch, i) : T(0));
    }

    T rectified(int batch, int i, int j, T value) const {
        int64_t bit = batch * how.mask_stride + j * how.mask_leading + i;
        auto& byte = static_cast<unsigned char*>(how.mask)[bit / 8];
        auto one = static_cast<unsigned char>(1u << (planted() == BITS_TURNED ? 7 - bit % 8 : bit % 8));
        byte = static_cast<unsigned char>(value > 0 ? byte | one : byte & ~one);
        bool lost = std::isnan(value) && planted() == NAN_IS_ZERO;
        return value <= 0 || lost ? T(0) : value;
    }

    void element(int batch, int i, int j) const {
        T value = sum(batch, i, j);
        value = adds_bias(how) ? with_bias(batch, i, value) : value;
        d.at(batch, i, j) = masks(how) ? rectified(batch, i, j, value) : value;
    }

    void bias_gradient(int batch, int j) const {
        T total = 0;
        for (int p = 0; p < b.rows; p++) {
            total += b.at(batch, p, j);
        }
        bias(batch, j) = total;
    }

    void run() const {
        for (int batch = 0; batch < batches; batch++) {
            for (int j = 0; j < d.columns; j++) {
                for (int i = 0; i < d.rows; i++) {
                    element(batch, i, j);
                }
                if (sums_bias(how)) {
                    bias_gradient(batch, j);
                }
            }
        }
    }

    bool inside() const {
        int64_t last = batches - 1;
        int64_t length = sums_bias(how) ? d.columns : d.rows;
        Operand biases = {how.bias, static_cast<size_t>(last * how.bias_stride + length) * sizeof(T)};
        Operand gates = {how.mask, static_cast<size_t>(last * how.mask_stride + d.columns * how.mask_leading) / 8};
        bool plain = how.epilogue == lt::EPILOGUE_DEFAULT;
        return in_device_memory(a.extent(batches)) && in_device_memory(b.extent(batches)) &&
               in_device_memory(d.extent(batches)) && (plain || in_device_memory(biases)) &&
               (!masks(how) || in_device_memory(gates));
    }
};

template <class T>
cublasStatus multiply(const Pieces& p, const void* a, const void* b, void* d, uint64_t order, void* stream) {
    Work<T> work = {matrix<const T>(a, *p.a, p.how->transpose_a != 0),
                    matrix<const T>(b, *p.b, p.how->transpose_b != 0),
                    matrix<T>(d, *p.d, false),
                    *p.how,
                    p.d->batches,
                    order};
    return work.inside() ? enqueue(stream, [work] { work.run(); }) : CUBLAS_STATUS_EXECUTION_FAILED;
}

// The double knows D = A B alone.
bool plain_scalars(const void* alpha, const void* beta, int type) {
    return type == lt::CUDA_R_32F
        ? *static_cast<const float*>(alpha) == 1 && *static_cast<const float*>(beta) == 0
        : *static_cast<const double*>(alpha) == 1 && *static_cast<const double*>(beta) == 0;
}

bool aligned(const void* address, uintptr_t bytes) { return reinterpret_cast<uintptr_t>(address) % bytes == 0; }

} // namespace

EXPORT cublasStatus cublasLtMatmulAlgoGetHeuristic(
    void* handle, void* how, void* a, void* b, void* c, void* d, void* preference, int wanted, lt::Heuristic* results,
    int* found) {
    Pieces p = pieces(how, a, b, c, d);
    Preference* wish = Live<Preference>::find(preference);
    *found = 0;
    if (!p.found(handle) || wish == nullptr || wanted < 1) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    cublasStatus status = fitting(p);
    if (status != CUBLAS_STATUS_SUCCESS) {
        return status;
    }
    if (masks(*p.how) && planted() == NO_RELU) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    bool joined = (masks(*p.how) || sums_bias(*p.how)) && wish->workspace >= WORKSPACE;
    results[0] = algorithm(joined ? DOWNWARDS : UPWARDS);
    *found = 1;
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasLtMatmulAlgoCheck(
    void* handle, void* how, void* a, void* b, void* c, void* d, const lt::Algorithm* chosen, lt::Heuristic* result) {
    Pieces p = pieces(how, a, b, c, d);
    if (!p.found(handle) || chosen->words[0] != MARK) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    if (planted() == NO_SHARED_ORDER) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    *result = algorithm(chosen->words[1]);
    return fitting(p);
}

EXPORT cublasStatus cublasLtMatmul(
    void* handle, void* how, const void* alpha, const void* a, void* layout_a, const void* b, void* layout_b,
    const void* beta, const void* c, void* layout_c, void* d, void* layout_d, const lt::Algorithm* chosen, void* workspace,
    size_t workspace_bytes, void* stream) {
    Pieces p = pieces(how, layout_a, layout_b, layout_c, layout_d);
    if (!p.found(handle) || fitting(p) != CUBLAS_STATUS_SUCCESS || c != d || chosen->words[0] != MARK ||
        !plain_scalars(alpha, beta, p.a->type)) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    size_t needed = algorithm(chosen->words[1]).workspace_bytes;
    bool has_epilogue = p.how->epilogue != lt::EPILOGUE_DEFAULT;
    if (workspace_bytes < needed || (needed > 0 && !in_device_memory({workspace, needed})) ||
        (has_epilogue && p.how->bias == nullptr) || (masks(*p.how) && !aligned(p.how->mask, 16))) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    if (planted() == RUN_FAILS) {
        return CUBLAS_STATUS_EXECUTION_FAILED;
    }
    return p.a->type == lt::CUDA_R_32F ? multiply<float>(p, a, b, d, chosen->words[1], stream)
                                       : multiply<double>(p, a, b, d, chosen->words[1], stream);
}
