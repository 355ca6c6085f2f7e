package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * All kernels: file, parameters, determinism, cost. The single source: launches are packed by it, and a test holds the
 * signatures in {@code cuda/*.cu} against it. The stem is the constant's name in lower case; entry names add {@code _f32} or
 * {@code _f64}.
 */
@SuppressWarnings("ImmutableEnumChecker") // unmodifiable lists and stateless formulas
enum KernelTable {
    RELU("pointwise", "REAL* y, u32* mask, const REAL* z; i64 R, i64 size, i32 chunks", Cost.perElement(2, 1)),
    RELU_BACKWARD(
            "pointwise",
            "REAL* dz, const REAL* dy, const u32* mask; i64 R, i64 size, i32 chunks",
            Cost.perElement(2, 1)),
    ACTIVE_COUNTS(
            "pointwise",
            "i32* counts, const u32* mask; i64 R, i64 N, i64 W, i32 chunks",
            (width, n) -> new Cost(n[0] * (n[1] * n[2] / 8.0 + 4.0 * n[2]), (double) n[0] * n[1] * n[2])),
    FILL("pointwise", "WORD* y; i64 R, i64 size, i32 chunks, i64 bits", Cost.perElement(1, 0)),
    SCALE("pointwise", "REAL* y; i64 R, i64 size, i32 chunks, double a", Cost.perElement(2, 1)),
    AXPY("pointwise", "REAL* y, const REAL* x; i64 R, i64 size, i32 chunks, double a", Cost.perElement(3, 2)),
    COPY("pointwise", "WORD* y, const WORD* x; i64 R, i64 size, i32 chunks", Cost.perElement(2, 0)),
    GATHER(
            "pointwise",
            "WORD* y, const WORD* x, const i32* rows, const i64* clock; i64 R, i64 N, i64 D, i32 chunks, i64 slots, "
                    + "i64 slot_size, i64 step",
            Cost.perElement(2, 0)),
    GATE(
            "pointwise",
            "REAL* y, const REAL* x, const u32* mask; i64 R, i64 size, i32 chunks, double factor",
            Cost.perElement(2, 1)),
    TRANSPOSE(
            "pointwise",
            "WORD* y, const WORD* x; i64 R, i64 I, i64 J, i32 tiles_i, i32 tiles_j",
            Cost.perElement(2, 0)),

    DENSE_FORWARD_SMALL("dense", Text.FORWARD + Text.SMALL, Cost.matrixProduct()),
    DENSE_FORWARD_TILE32("dense", Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_FORWARD_TILE64("dense", Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_FORWARD_TILE128("dense", Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_SMALL("dense", Text.INPUT_GRADIENT + Text.SMALL, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TILE32("dense", Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TILE64("dense", Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TILE128("dense", Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_SMALL("dense", Text.WEIGHT_GRADIENT + Text.SMALL, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TILE32("dense", Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TILE64("dense", Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TILE128("dense", Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_FORWARD_TF32_TILE32(Text.TENSOR, Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_FORWARD_TF32_TILE64(Text.TENSOR, Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_FORWARD_TF32X3_TILE32(Text.TENSOR, Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_FORWARD_TF32X3_TILE64(Text.TENSOR, Text.FORWARD + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TF32_TILE32(Text.TENSOR, Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TF32_TILE64(Text.TENSOR, Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TF32X3_TILE32(Text.TENSOR, Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_INPUT_GRADIENT_TF32X3_TILE64(Text.TENSOR, Text.INPUT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TF32_TILE32(Text.TENSOR, Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TF32_TILE64(Text.TENSOR, Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TF32X3_TILE32(Text.TENSOR, Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_WEIGHT_GRADIENT_TF32X3_TILE64(Text.TENSOR, Text.WEIGHT_GRADIENT + Text.TILED, Cost.matrixProduct()),
    DENSE_BIAS_GRADIENT("dense", "REAL* db, const REAL* dy; i64 R, i64 N, i64 K, i32 chunks", Cost.perElement(1, 1)),
    DENSE_BIAS_ROWS("dense", "REAL* y, const REAL* bias; i64 R, i64 N, i64 K, i32 chunks", Cost.perElement(1, 0)),

    CONV_FORWARD_TILE32("conv", Text.FORWARD + Text.CONV, Cost.convolution()),
    CONV_FORWARD_TILE64("conv", Text.FORWARD + Text.CONV, Cost.convolution()),
    CONV_INPUT_GRADIENT_TILE32("conv", Text.INPUT_GRADIENT + Text.CONV, Cost.convolution()),
    CONV_INPUT_GRADIENT_TILE64("conv", Text.INPUT_GRADIENT + Text.CONV, Cost.convolution()),
    CONV_WEIGHT_GRADIENT_TILE32("conv", Text.CONV_WEIGHTS, Cost.convolution()),
    CONV_WEIGHT_GRADIENT_TILE64("conv", Text.CONV_WEIGHTS, Cost.convolution()),
    CONV_SUM(
            "conv",
            "REAL* dw, const double* partial; i64 R, i64 pieces, i64 size, i32 chunks",
            (width, n) -> new Cost((double) n[0] * n[2] * (8.0 * n[1] + width), (double) n[0] * n[1] * n[2])),
    CONV_BIAS_GRADIENT("conv", "REAL* db, const REAL* dy; i64 R, i64 N, i64 K, i64 pixels", Cost.perElement(1, 1)),

    LOSS_ELEMENTWISE(
            "loss",
            "double* value, REAL* gradient, const REAL* outputs, const REAL* targets; "
                    + "i64 R, i64 size, i64 chunk_size, i32 chunks, i32 kind, double scale, double value_scale",
            Cost.perElement(3, 30)),
    LOSS_CROSS_ENTROPY(
            "loss",
            "double* value, REAL* gradient, const REAL* outputs, const i32* labels; "
                    + "i64 R, i64 N, i64 K, i64 chunk_size, i32 chunks, i32 group, double scale, double value_scale",
            Cost.perElement(2, 60)),
    LOSS_TANGENT_ELEMENTWISE(
            "loss_tangent",
            "REAL* y, const REAL* outputs, const REAL* targets, const REAL* u; "
                    + "i64 R, i64 size, i32 chunks, i32 kind, double scale",
            Cost.perElement(4, 10)),
    LOSS_TANGENT_CROSS_ENTROPY(
            "loss_tangent",
            "REAL* y, const REAL* outputs, const i32* labels, const REAL* u; i64 R, i64 N, i64 K, double scale",
            Cost.perElement(3, 60)),
    LOSS_OUTER(
            "loss_tangent",
            "REAL* y, const REAL* gradient, const REAL* u; i64 R, i64 N, i64 K, double factor",
            Cost.perElement(3, 4)),

    SUM("reduce", "double* out, const REAL* a; " + Text.CHUNKED, Cost.perElement(1, 1)),
    DOT("reduce", "double* out, const REAL* a, const REAL* b; " + Text.CHUNKED, Cost.perElement(2, 2)),
    FINISH("reduce", "double* out, const double* partial; i64 R, i64 size, double scale", Cost.perElement(1, 1)),
    MOMENTS(
            "reduce",
            "double* mean, double* m2, const REAL* x; i64 R, i64 N, i64 W, i32 chunks",
            Cost.perElement(1, 6)),
    COLUMN_SQUARES("reduce", "double* out, const REAL* x; i64 R, i64 K, i64 W, i32 chunks", Cost.perElement(1, 2)),
    ARGMAX("reduce", "i32* index, const REAL* x; i64 R, i64 N, i64 K", Cost.perElement(1, 1)),
    CORRECT(
            "reduce",
            "i32* count, const REAL* x, const i32* labels; i64 R, i64 N, i64 K, i32 group",
            Cost.perElement(1, 1)),
    CORRELATION(
            "reduce",
            "double* rho, const REAL* teacher, const REAL* student, const double* teacher_mean, "
                    + "const double* teacher_m2, const double* student_mean, const double* student_m2; "
                    + "i64 R, i64 N, i64 T, i64 S, i32 chunks",
            (width, n) -> new Cost(
                    (double) n[0] * ((n[2] + n[3]) * (n[1] * width + 16.0) + 8.0 * n[2] * n[3]),
                    4.0 * n[0] * n[1] * n[2] * n[3])),

    GUARD(
            "update",
            "i32* cause, i64* step_of, const double* loss, const REAL* gradient, const i64* clock; "
                    + "i64 R, i64 P, i64 chunk_size, i32 chunks, i64 step",
            Cost.perElement(1, 1)),
    STEP(
            "update",
            "REAL* weights, REAL* state, i32* cause, i64* step_of, const double* loss, " + Text.UPDATE
                    + "i64 R, i64 P, i32 rule, double factor, i64 slots, i64 step",
            Cost.perElement(5, 8)),
    STEP_CHECK(
            "update",
            "i32* verdict, const i32* cause, const double* loss, const REAL* weights, const REAL* state, " + Text.UPDATE
                    + Text.STEPPED,
            Cost.perElement(3, 8)),
    STEP_COMMIT(
            "update",
            "REAL* weights, REAL* state, i32* cause, i64* step_of, const i32* verdict, " + Text.UPDATE + Text.STEPPED,
            Cost.perElement(5, 8)),
    ADVANCE("update", "i64* clock; i64 R, i64 from, i64 steps", (width, n) -> new Cost(8.0 * n[0], 0)),
    NORMALIZE_ROWS("update", "REAL* w, REAL* b, const i32* cause; i64 R, i64 K, i64 D", Cost.perElement(2, 3)),

    RESIDENT("resident", Text.RESIDENT, Cost.resident()),
    RESIDENT_BLOCK("resident_block", Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_8_8_1_1_SINGLE(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_10_10_1_1_SINGLE(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_20_20_1_4_SINGLE(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_32_32_4_8_SINGLE(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_50_50_10_32_SINGLE(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_64_64_4_32_SINGLE(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_8_8_1_1_BATCH(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_10_10_1_2_BATCH(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_20_20_1_8_BATCH(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_32_32_4_16_BATCH(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_64_32_10_32_BATCH(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_4_8_1_1_FULL(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_10_10_1_4_FULL(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_20_20_4_16_FULL(Text.LANES, Text.RESIDENT, Cost.resident()),
    RESIDENT_LANES_32_32_10_32_FULL(Text.LANES, Text.RESIDENT, Cost.resident()),

    SQUARED_RELU(
            "population",
            "double* loss, REAL* gradient, double* global, const REAL* student, const REAL* teacher; "
                    + "i64 R, i64 S, i64 T, i64 D, i64 K, double scale",
            (width, n) -> new Cost(
                    (double) n[0] * (2.0 * n[1] + n[2]) * (n[3] + n[4]) * width,
                    (double) n[0] * (n[1] + n[2]) * (2.0 * (2 * n[1] + n[2]) * (n[3] + n[4]) + 90.0 * (n[1] + n[2])))),
    RESIDENT_POPULATION(
            "resident_population",
            "REAL* weights, REAL* gradient, REAL* state, double* loss, i32* cause, i64* step_of, REAL* ring, "
                    + "double* ring_losses, const u32* mask, const double* hyper, const REAL* teacher, "
                    + "const double* factors, const i32* slots; i64 R, i64 S, i64 T, i64 D, i64 K, i64 steps, "
                    + "i64 first, i32 rule, i32 unit_norm, double scale",
            (width, n) -> new Cost(
                    (double) n[0] * (3.0 * n[1] + n[2]) * (n[3] + n[4]) * width,
                    (double) n[0] * n[5] * n[1] * (n[1] + n[2]) * (4.0 * (n[3] + n[4]) + 90))),
    RESIDENT_ROWS(
            "resident_rows",
            "i32* rows, const i64* streams; i64 R, i64 size, i32 chunks, i64 first, i32 rule, i32 M, i32 N, i32 taken",
            Cost.perElement(1, 0)),
    RESIDENT_SHUFFLE(
            "resident_rows",
            "i32* rows, const i64* streams; i64 R, i64 epochs, i64 first, i64 steps, i32 M, i32 N, i32 taken",
            (width, n) -> new Cost((double) n[0] * n[1] * width, 0)),

    STREAMED_SWEEP(
            "streamed",
            "REAL* weights, REAL* state, REAL* gradient, REAL* partial, REAL* extremes, i32* marks, const i32* cause, "
                    + "const double* hyper, const REAL* x, const REAL* slopes, const REAL* next; i64 R, i64 N, i64 D, "
                    + "i64 W, i64 K, i32 tiles, i32 parts, i32 rule, double factor, i64 step",
            (width, n) ->
                    new Cost(2.0 * width * n[0] * n[3] * (n[2] + n[4]), 6.0 * n[0] * n[1] * n[3] * (n[2] + n[4]))),
    STREAMED_SUMS(
            "streamed",
            "double* sums, const REAL* partial; i64 R, i64 G, i64 J, i32 chunks",
            (width, n) -> new Cost((double) width * n[0] * n[1] * n[2], (double) n[0] * n[1] * n[2])),
    STREAMED_OUTPUTS(
            "streamed",
            "REAL* y, const double* sums, const REAL* bias; i64 R, i64 J, i64 K, i64 stages",
            (width, n) -> new Cost(8.0 * n[0] * n[1] * n[3], (double) n[0] * n[1] * n[3])),
    STREAMED_JUDGE(
            "streamed",
            "i32* cause, i64* step_of, i32* marks, const double* loss, const REAL* extremes, const double* hyper, "
                    + "const REAL* x, const REAL* slopes; i64 R, i64 N, i64 D, i64 K, i64 G, i32 rule, double factor, "
                    + "i64 step",
            (width, n) -> new Cost((double) width * n[0] * (n[1] * (n[2] + n[3]) + 2 * n[4]), 2.0 * n[0] * n[4])),
    STREAMED_SETTLE(
            "streamed",
            "i32* cause, i64* step_of, const i32* marks; i64 R, i64 step",
            (width, n) -> new Cost(24.0 * n[0], 0)),

    NORM_MOMENTS("norm", "double* partial, const REAL* x; " + Text.WALKED, Cost.perElement(1, 6)),
    NORM_MOMENTS_FINISH(
            "norm",
            "double* mean, double* variance, const double* partial; i64 R, i64 C, i64 chunks",
            (width, n) -> new Cost(24.0 * n[0] * n[1] * n[2], 8.0 * n[0] * n[1] * n[2])),
    NORM_SUMS(
            "norm",
            "double* partial, const REAL* g, const u32* mask, const REAL* x, const REAL* table; " + Text.WALKED,
            Cost.perElement(2, 6)),
    NORM_TANGENT_SUMS(
            "norm",
            "double* partial, const REAL* g, const REAL* tg, const REAL* x, const REAL* tx, const REAL* table; "
                    + Text.WALKED
                    + ", i32 given",
            Cost.perElement(4, 14)),
    NORM_SUMS_FINISH(
            "norm",
            "double* sums, double* mean, double* product, REAL* scale, REAL* shift, const double* partial; "
                    + "i64 R, i64 C, i64 M, i64 chunks, i32 parts",
            (width, n) -> new Cost(16.0 * n[0] * n[1] * n[3], 2.0 * n[0] * n[1] * n[3])),
    NORM_CONSTANTS(
            "norm",
            "REAL* table, const double* mean, const double* variance, const REAL* scale, const REAL* shift, "
                    + "const double* sums, const REAL* t_scale, const REAL* t_shift, const double* t_mean, "
                    + "const double* t_product; i64 R, i64 C, i64 M, i32 chunks, double eps",
            (width, n) -> new Cost(n[0] * n[1] * (16.0 + 7 * width), 6.0 * n[0] * n[1])),
    NORM_TRACK(
            "norm",
            "double* mean, double* variance, const double* batch_mean, const double* batch_variance, const i32* cause; "
                    + "i64 R, i64 C, i32 chunks, double momentum, double unbiased",
            (width, n) -> new Cost(48.0 * n[0] * n[1], 7.0 * n[0] * n[1])),
    NORM_FORWARD(
            "norm_elements",
            "REAL* y, u32* mask, const REAL* x, const REAL* table; " + Text.ELEMENTS,
            Cost.perElement(2, 5)),
    NORM_BACKWARD(
            "norm_elements",
            "REAL* dx, const REAL* dy, const u32* mask, const REAL* x, const REAL* table; " + Text.ELEMENTS
                    + ", i32 given",
            Cost.perElement(3, 7)),
    NORM_TANGENT(
            "norm_elements",
            "REAL* ty, const REAL* tx, const REAL* x, const REAL* table; " + Text.ELEMENTS + ", i32 given",
            Cost.perElement(3, 11)),
    NORM_BACKWARD_TANGENT(
            "norm_elements",
            "REAL* tdx, const REAL* dy, const REAL* tdy, const REAL* x, const REAL* tx, const REAL* table; "
                    + Text.ELEMENTS
                    + ", i32 given",
            Cost.perElement(5, 24)),
    NORM_TILE_FORWARD(
            "norm_tile",
            "REAL* y, u32* mask, double* mean, double* variance, const REAL* x, const REAL* scale, const REAL* shift; "
                    + Text.SLABS,
            Cost.perElement(2, 11)),
    NORM_TILE_BACKWARD(
            "norm_tile",
            "REAL* dx, REAL* dscale, REAL* dshift, const REAL* dy, const u32* mask, const REAL* x, "
                    + "const double* mean, const double* variance, const REAL* scale; "
                    + Text.SLABS,
            Cost.perElement(3, 13)),

    MULTIPLY_ADDS(
            "ceilings",
            "REAL* y; i64 R, i64 size, i64 rounds, i32 chunks, double a, double b",
            (width, n) -> new Cost((double) width * n[0] * n[1], (double) n[0] * n[1] * (16.0 * n[2] + 7))),

    NORMAL(
            "random",
            "REAL* out, const i64* streams, const i64* clock; "
                    + "i64 R, i64 size, i32 chunks, i64 step, double mean, double deviation",
            Cost.perElement(1, 45)),
    UNIFORM(
            "random",
            "REAL* out, const i64* streams, const i64* clock; "
                    + "i64 R, i64 size, i32 chunks, i64 step, double low, double high",
            Cost.perElement(1, 25)),
    INTEGERS(
            "random",
            "i32* out, const i64* streams, const i64* clock; i64 R, i64 size, i32 chunks, i64 step, i32 bound",
            Cost.perElement(1, 25)),
    KEEP(
            "random",
            "u32* mask, const i64* streams, const i64* clock; "
                    + "i64 R, i64 size, i32 chunks, i64 step, i64 threshold",
            (width, n) -> new Cost(n[0] * n[1] / 8.0, 25.0 * n[0] * n[1])),

    POOL_MAX(
            "pool",
            "REAL* y, i32* index, const REAL* x; " + Text.POOL + Text.WINDOWS + ", i32 padding",
            (width, n) -> Cost.pool(n, width + 4.0, width)),
    POOL_MAX_BACKWARD(
            "pool",
            "REAL* dx, const REAL* dy, const i32* index; " + Text.POOL + Text.WINDOWS + ", i32 padding",
            (width, n) -> Cost.pool(n, width + 4.0, width)),
    POOL_PICK(
            "pool",
            "REAL* ty, const REAL* tx, const i32* index; " + Text.POOL,
            (width, n) -> Cost.pool(n, 2.0 * width + 4, 0)),
    POOL_AVERAGE(
            "pool",
            "REAL* y, const REAL* x; " + Text.POOL + Text.WINDOWS + ", double share",
            (width, n) -> Cost.pool(n, width, width)),
    POOL_AVERAGE_BACKWARD(
            "pool",
            "REAL* dx, const REAL* dy; " + Text.POOL + Text.WINDOWS + ", double share",
            (width, n) -> Cost.pool(n, width, width)),
    POOL_GLOBAL_AVERAGE(
            "pool", "REAL* y, const REAL* x; i64 R, i64 planes, i64 large, double share", Cost.perElement(1, 1)),
    POOL_GLOBAL_AVERAGE_BACKWARD(
            "pool",
            "REAL* dx, const REAL* dy; i64 R, i64 planes, i64 large, i32 chunks, double share",
            Cost.perElement(1, 1)),

    WEIGHT_NORM_FORWARD(
            Text.WEIGHT_NORM,
            "REAL* w, double* norm, const REAL* v, const REAL* g; i64 R, i64 K, i64 D",
            Cost.perElement(2, 3)),
    WEIGHT_NORM_BACKWARD(
            Text.WEIGHT_NORM,
            "REAL* dv, REAL* dg, const REAL* dw, const REAL* v, const REAL* g, const double* norm; "
                    + "i64 R, i64 K, i64 D",
            Cost.perElement(3, 5)),
    WEIGHT_NORM_TANGENT(
            Text.WEIGHT_NORM,
            "REAL* tw, const REAL* v, const REAL* g, const double* norm, const REAL* tv, const REAL* tg; "
                    + "i64 R, i64 K, i64 D",
            Cost.perElement(3, 5)),
    WEIGHT_NORM_BACKWARD_TANGENT(
            Text.WEIGHT_NORM,
            "REAL* tdv, REAL* tdg, const REAL* dw, const REAL* tdw, const REAL* v, const REAL* g, "
                    + "const double* norm, const REAL* tv, const REAL* tg; i64 R, i64 K, i64 D",
            Cost.perElement(5, 15));

    /** Signatures that several kernels share. */
    private static final class Text {
        static final String FORWARD = "REAL* y, u32* mask, const REAL* x, const REAL* w, const REAL* bias; ";
        static final String INPUT_GRADIENT = "REAL* dx, const REAL* dy, const REAL* w, const u32* mask; ";
        static final String WEIGHT_GRADIENT = "REAL* dw, REAL* db, const REAL* dy, const REAL* x; ";
        static final String SMALL = "i64 R, i64 N, i64 K, i64 D, i32 chunks";
        static final String TILED = "i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j";
        static final String WALKED = "i64 R, i64 N, i64 C, i64 S, i64 chunk_size, i32 groups, i32 chunks";
        static final String ELEMENTS = "i64 R, i64 N, i64 C, i64 S, i64 chunk_size, i32 chunks";
        static final String SLABS = "i64 R, i64 N, i64 C, i64 S, i32 slab_channels, i32 slabs, double eps";
        static final String CONV = "i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, "
                + "i32 stride, i32 padding, i32 tiles, i32 tiles_j";
        static final String CONV_WEIGHTS =
                "REAL* dw, double* partial, const REAL* dy, const REAL* x; " + CONV + ", i64 length, i32 pieces";
        static final String CHUNKED = "i64 R, i64 size, i64 chunk_size, i32 chunks";
        static final String WEIGHT_NORM = "weight_norm";
        static final String POOL = "i64 R, i64 planes, i64 small, i64 large, i32 chunks";
        static final String WINDOWS = ", i32 height, i32 width, i32 rows, i32 columns, i32 size, i32 stride";
        static final String LANES = "resident_lanes";
        static final String TENSOR = "dense_tensor";
        static final String RESIDENT =
                "REAL* weights, REAL* gradient, REAL* state, double* loss, i32* cause, i64* step_of, i32* done, "
                        + "REAL* ring, double* ring_losses, const u32* mask, const double* hyper, const REAL* teacher, const i64* streams, "
                        + "const REAL* x, const REAL* targets, const i32* labels, const i32* rows, "
                        + "const double* factors, const i32* slots, const i32* plan_words; "
                        + "i64 R, i64 first, i64 steps, double scale, double offset, double width";
        static final String UPDATE = "const REAL* gradient, const u32* mask, const double* hyper, "
                + "const double* factors, const i64* clock; ";
        static final String STEPPED =
                "i64 R, i64 P, i64 chunk_size, i32 chunks, i32 rule, double factor, i64 slots, i64 step";
    }

    private final String file;
    private final List<Parameter> parameters;
    private final Cost.Formula cost;

    KernelTable(String file, String parameters, Cost.Formula cost) {
        this.file = file;
        this.parameters = Parameter.parse(parameters);
        this.cost = cost;
    }

    /** Source file under {@code cuda/}, without its ending. */
    String file() {
        return file;
    }

    /** Element types that the file is written for. */
    Set<DType> types() {
        boolean single = file.equals(Text.LANES) || file.equals(Text.TENSOR);
        return single ? EnumSet.of(DType.F32) : EnumSet.of(DType.F32, DType.F64);
    }

    /** Entry name without the element type. */
    String stem() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** In the order of the source: arrays each with its replica stride, sizes, scalars. */
    List<Parameter> parameters() {
        return parameters;
    }

    /** Bytes and flops of a launch; {@code sizes} are the leading i64 sizes of the signature, R first. */
    Cost cost(int elementBytes, long... sizes) {
        return cost.of(elementBytes, sizes);
    }
}
