// lt_objects.cpp: handle, descriptors, layouts and preferences of the cublasLt double, and the faults that tests plant.
// Compiled once per version of the library that is doubled.
#include "lt_types.h"

#if !defined(CUBLAS_DOUBLE_VERSION)
#define CUBLAS_DOUBLE_VERSION 120600
#endif

using namespace lt_double;
using blas::CUBLAS_STATUS_INVALID_VALUE;
using blas::CUBLAS_STATUS_NOT_INITIALIZED;
using blas::CUBLAS_STATUS_SUCCESS;

namespace {

Fault planted_fault = NONE;

bool known_type(int type) { return type == lt::CUDA_R_32F || type == lt::CUDA_R_64F; }

bool computes(int compute_type, int scale_type) {
    bool narrow = compute_type == lt::CUBLAS_COMPUTE_32F || compute_type == lt::CUBLAS_COMPUTE_32F_PEDANTIC ||
                  compute_type == lt::CUBLAS_COMPUTE_32F_FAST_TF32;
    bool wide = compute_type == lt::CUBLAS_COMPUTE_64F || compute_type == lt::CUBLAS_COMPUTE_64F_PEDANTIC;
    return (narrow && scale_type == lt::CUDA_R_32F) || (wide && scale_type == lt::CUDA_R_64F);
}

} // namespace

Fault lt_double::planted() { return planted_fault; }

EXPORT void rectifier_cublaslt_plant(int fault) { planted_fault = static_cast<Fault>(fault); }

// The native half of the test class dev.rectifier.engine.cuda.LtDouble: plain numbers, so no jni.h is needed.
EXPORT void Java_dev_rectifier_engine_cuda_LtDouble_plant(void*, void*, int32_t fault) { rectifier_cublaslt_plant(fault); }

EXPORT size_t cublasLtGetVersion() { return CUBLAS_DOUBLE_VERSION; }

EXPORT cublasStatus cublasLtCreate(void** handle) {
    if (planted() == NO_HANDLE) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    *handle = Live<LtHandle>::make();
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasLtDestroy(void* handle) { return Live<LtHandle>::end(handle); }

EXPORT cublasStatus cublasLtMatmulDescCreate(void** descriptor, int compute_type, int scale_type) {
    if (!computes(compute_type, scale_type)) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    *descriptor = Live<Descriptor>::make(compute_type, scale_type);
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasLtMatmulDescDestroy(void* descriptor) { return Live<Descriptor>::end(descriptor); }

EXPORT cublasStatus cublasLtMatmulDescSetAttribute(void* object, int attribute, const void* value, size_t bytes) {
    Descriptor* d = Live<Descriptor>::find(object);
    if (d == nullptr) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    switch (attribute) {
        case lt::TRANSA: return take(d->transpose_a, value, bytes);
        case lt::TRANSB: return take(d->transpose_b, value, bytes);
        case lt::EPILOGUE: return take(d->epilogue, value, bytes);
        case lt::BIAS_POINTER: return take(d->bias, value, bytes);
        case lt::BIAS_BATCH_STRIDE: return take(d->bias_stride, value, bytes);
        case lt::EPILOGUE_AUX_POINTER: return take(d->mask, value, bytes);
        case lt::EPILOGUE_AUX_LD: return take(d->mask_leading, value, bytes);
        case lt::EPILOGUE_AUX_BATCH_STRIDE: return take(d->mask_stride, value, bytes);
        default: return CUBLAS_STATUS_INVALID_VALUE;
    }
}

EXPORT cublasStatus cublasLtMatrixLayoutCreate(void** layout, int type, uint64_t rows, uint64_t columns, int64_t leading) {
    if (!known_type(type)) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    *layout = Live<Layout>::make(type, rows, columns, leading);
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasLtMatrixLayoutDestroy(void* layout) { return Live<Layout>::end(layout); }

EXPORT cublasStatus cublasLtMatrixLayoutSetAttribute(void* object, int attribute, const void* value, size_t bytes) {
    Layout* layout = Live<Layout>::find(object);
    if (layout == nullptr) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    switch (attribute) {
        case lt::BATCH_COUNT: return take(layout->batches, value, bytes);
        case lt::STRIDED_BATCH_OFFSET: return take(layout->stride, value, bytes);
        default: return CUBLAS_STATUS_INVALID_VALUE;
    }
}

EXPORT cublasStatus cublasLtMatmulPreferenceCreate(void** preference) {
    *preference = Live<Preference>::make();
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasLtMatmulPreferenceDestroy(void* preference) { return Live<Preference>::end(preference); }

EXPORT cublasStatus cublasLtMatmulPreferenceSetAttribute(void* object, int attribute, const void* value, size_t bytes) {
    Preference* preference = Live<Preference>::find(object);
    if (preference == nullptr) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    if (attribute == lt::MAX_WORKSPACE_BYTES) {
        return take(preference->workspace, value, bytes);
    }
    int operand = attribute - lt::MIN_ALIGNMENT_A_BYTES;
    return operand >= 0 && operand < 4 ? take(preference->alignment[operand], value, bytes) : CUBLAS_STATUS_INVALID_VALUE;
}
