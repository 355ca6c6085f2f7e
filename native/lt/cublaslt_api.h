// cublaslt_api.h: the part of the cublasLt C API that this library calls, written from NVIDIA's documentation: the numbers
// behind the documented names, the layout of the two open structures, and the functions as a table of pointers. Nothing
// is linked: the functions are found in the library that the host has (library.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace lt {

using Status = int; // cublasStatus_t
constexpr Status SUCCESS = 0;       // CUBLAS_STATUS_SUCCESS
constexpr Status INVALID_VALUE = 7; // CUBLAS_STATUS_INVALID_VALUE
constexpr Status NOT_SUPPORTED = 15; // CUBLAS_STATUS_NOT_SUPPORTED

enum DataType : int { CUDA_R_32F = 0, CUDA_R_64F = 1 }; // cudaDataType_t

enum ComputeType : int { // cublasComputeType_t
    CUBLAS_COMPUTE_32F = 68,
    CUBLAS_COMPUTE_32F_PEDANTIC = 69,
    CUBLAS_COMPUTE_64F = 70,
    CUBLAS_COMPUTE_64F_PEDANTIC = 71,
    CUBLAS_COMPUTE_32F_FAST_TF32 = 77,
};

enum DescriptorAttribute : int { // cublasLtMatmulDescAttributes_t, CUBLASLT_MATMUL_DESC_...
    TRANSA = 3,                  // int32
    TRANSB = 4,                  // int32
    EPILOGUE = 7,                // uint32
    BIAS_POINTER = 8,            // pointer
    BIAS_BATCH_STRIDE = 10,      // int64, elements
    EPILOGUE_AUX_POINTER = 11,   // pointer
    EPILOGUE_AUX_LD = 12,        // int64, for a ReLU bits
    EPILOGUE_AUX_BATCH_STRIDE = 13, // int64, for a ReLU bits
};

enum Epilogue : uint32_t { // cublasLtEpilogue_t, CUBLASLT_EPILOGUE_...
    EPILOGUE_DEFAULT = 1, // a descriptor begins with it; not asked for here
    EPILOGUE_BIAS = 4,
    EPILOGUE_RELU_AUX_BIAS = 134, // RELU_BIAS (6) and 128
    EPILOGUE_BGRADB = 512,
};

enum LayoutAttribute : int {   // cublasLtMatrixLayoutAttribute_t, CUBLASLT_MATRIX_LAYOUT_...
    BATCH_COUNT = 5,           // int32
    STRIDED_BATCH_OFFSET = 6,  // int64, elements
};

enum PreferenceAttribute : int { // cublasLtMatmulPreferenceAttributes_t, CUBLASLT_MATMUL_PREF_...
    MAX_WORKSPACE_BYTES = 1,     // uint64
    MIN_ALIGNMENT_A_BYTES = 5,   // uint32, as the next three
    MIN_ALIGNMENT_B_BYTES = 6,
    MIN_ALIGNMENT_C_BYTES = 7,
    MIN_ALIGNMENT_D_BYTES = 8,
};

struct Algorithm { // cublasLtMatmulAlgo_t
    uint64_t words[8];
};

struct Heuristic { // cublasLtMatmulHeuristicResult_t
    Algorithm algorithm;
    size_t workspace_bytes;
    Status state;
    float waves;
    int reserved[4];
};
static_assert(sizeof(Heuristic) == 96, "cublasLtMatmulHeuristicResult_t has 96 bytes");

// Opaque: cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t, cublasLtMatmulPreference_t, cudaStream_t.
using Opaque = void*;

// RETURNS, NAME, ARGUMENTS of each function; the library's name is cublasLt and NAME.
#define CUBLASLT_FUNCTIONS(FUNCTION) \
    FUNCTION(size_t, GetVersion, ()) \
    FUNCTION(Status, Create, (Opaque * handle)) \
    FUNCTION(Status, Destroy, (Opaque handle)) \
    FUNCTION(Status, MatmulDescCreate, (Opaque * descriptor, int compute_type, int scale_type)) \
    FUNCTION(Status, MatmulDescDestroy, (Opaque descriptor)) \
    FUNCTION(Status, MatmulDescSetAttribute, (Opaque descriptor, int attribute, const void* value, size_t bytes)) \
    FUNCTION(Status, MatrixLayoutCreate, (Opaque * layout, int type, uint64_t rows, uint64_t columns, int64_t leading)) \
    FUNCTION(Status, MatrixLayoutDestroy, (Opaque layout)) \
    FUNCTION(Status, MatrixLayoutSetAttribute, (Opaque layout, int attribute, const void* value, size_t bytes)) \
    FUNCTION(Status, MatmulPreferenceCreate, (Opaque * preference)) \
    FUNCTION(Status, MatmulPreferenceDestroy, (Opaque preference)) \
    FUNCTION(Status, MatmulPreferenceSetAttribute, (Opaque preference, int attribute, const void* value, size_t bytes)) \
    FUNCTION(Status, MatmulAlgoGetHeuristic, \
             (Opaque handle, Opaque descriptor, Opaque a, Opaque b, Opaque c, Opaque d, Opaque preference, int wanted, \
              Heuristic* results, int* found)) \
    FUNCTION(Status, MatmulAlgoCheck, \
             (Opaque handle, Opaque descriptor, Opaque a, Opaque b, Opaque c, Opaque d, const Algorithm* algorithm, \
              Heuristic* result)) \
    FUNCTION(Status, Matmul, \
             (Opaque handle, Opaque descriptor, const void* alpha, const void* a, Opaque layout_a, const void* b, \
              Opaque layout_b, const void* beta, const void* c, Opaque layout_c, void* d, Opaque layout_d, \
              const Algorithm* algorithm, void* workspace, size_t workspace_bytes, Opaque stream))

} // namespace lt
