// ceilings.cu: what the device can do at most, for a measured time to stand beside.
//
//     multiply_adds    x_c = i + c, then `rounds` times x_c = a x_c + b, c = 0 .. 7;  y[i] = ((x_0 + x_1) + x_2) + ...
//
// Nothing but fused multiply-adds: eight chains that need nothing of one another cover the four cycles of each, and a counter
// and a jump fall on every 128 of them. How often a multiprocessor can issue one is what bounds small networks whose weights
// never leave its registers.
//
// Layout. y [R, size]; nothing is read.
// Threads. Rows of reduce.cuh; each thread makes one element.
// Bytes and flops. Writes w bytes per element; 16 rounds + 7 flops per element: rounds are so many that the bytes are nothing.
// Determinism. An element depends on i, rounds, a and b alone.
#include "reduce.cuh"

constexpr int CHAINS = 8;

KERNEL(multiply_adds)(REAL* __restrict__ y, i64 y_stride, i64 R, i64 size, i64 rounds, i32 chunks, double a, double b) {
    const i64 r = row_of(chunks);
    const i64 i = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || i >= size) {
        return;
    }
    const REAL factor = (REAL)a;
    const REAL term = (REAL)b;
    REAL x[CHAINS];
#pragma unroll
    for (int c = 0; c < CHAINS; c++) {
        x[c] = (REAL)(i + c);
    }
#pragma unroll 16
    for (i32 k = 0; k < (i32)rounds; k++) {
#pragma unroll
        for (int c = 0; c < CHAINS; c++) {
            x[c] = fma(factor, x[c], term);
        }
    }
    REAL sum = x[0];
#pragma unroll
    for (int c = 1; c < CHAINS; c++) {
        sum = sum + x[c];
    }
    y[r * y_stride + i] = sum;
}
