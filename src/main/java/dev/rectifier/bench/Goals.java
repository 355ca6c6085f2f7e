package dev.rectifier.bench;

import static dev.rectifier.bench.Criterion.Measure.BUSY;
import static dev.rectifier.bench.Criterion.Measure.BYTES;
import static dev.rectifier.bench.Criterion.Measure.COPY;
import static dev.rectifier.bench.Criterion.Measure.LAUNCHES;
import static dev.rectifier.bench.Criterion.Measure.RATIO;
import static dev.rectifier.bench.Criterion.Measure.SAMPLES;
import static dev.rectifier.bench.Criterion.Measure.SECONDS;
import static dev.rectifier.bench.Criterion.beside;
import static dev.rectifier.bench.Criterion.gpu;
import static dev.rectifier.bench.Criterion.later;

import dev.rectifier.bench.Criterion.Place;
import java.util.List;

/**
 * The project's goals on one H200, as they were set before anything was measured there. They are data, and no result changes
 * them: a goal that is missed stays missed.
 */
public final class Goals {
    /** Sample-steps per second that the issue slots of an H200 allow one 10-10-1 student, batch 1. */
    private static final double ISSUE_SHARED = 1.24e11;

    private static final double ISSUE_OWN_STREAM = 4.8e10;

    private static final String HVP = "there are no Hessian-vector products yet";

    private static final List<String> FIRST = List.of("ensembles/goal 1: 10-10-1 R=32768 N=1 .*");
    private static final List<String> SECOND = List.of("ensembles/goal 2: 10-10-1, own stream, teacher R=32768 N=1 .*");
    private static final List<String> THIRD = List.of("ensembles/goal 3: 10-10-1 R=32768 N=32 .*");
    private static final List<String> FOURTH = List.of("ensembles/goal 4: 50-50-1 R=2112 N=32 .*");
    private static final List<String> FIFTH = List.of("ensembles/goal 5: 50-50-1 R=2112 N=256 .*");
    private static final List<String> SIXTH = List.of(
            "ensembles/goal 6: 10-10-1, few R=1 N=1 .*",
            "ensembles/goal 6: 10-10-1, few R=10 N=1 .*",
            "ensembles/goal 6: 10-10-1, few R=100 N=1 .*");
    private static final List<String> SEVENTH = List.of(
            "ensembles/goal 7: 784-128-10, momentum R=100 N=128 .*",
            "ensembles/goal 7: 784-128-10, momentum R=1000 N=128 .*");
    private static final List<String> EIGHTH = List.of("wide/100-W-1 R=1 N=8 W=10000000 .*");
    private static final List<String> RELU = List.of("kernels/relu and mask R=16 W=4194304");
    private static final List<String> RELU_BACKWARD = List.of("kernels/relu backward R=16 W=4194304");
    private static final List<String> STEPS = List.of(
            "kernels/step sgd R=16 W=6250000",
            "kernels/step momentum R=16 W=6250000",
            "kernels/step adam R=16 W=6250000");
    private static final List<String> NORMALS = List.of("kernels/normals R=16 W=4194304");
    private static final List<String> NORM =
            List.of("kernels/batch norm R=1 N=262144 W=256", "kernels/batch norm backward R=1 N=262144 W=256");
    private static final List<String> NORM_REPLICAS =
            List.of("kernels/batch norm R=1024 N=256 W=64", "kernels/batch norm backward R=1024 N=256 W=64");
    private static final List<String> NORM_RELU = List.of(
            "kernels/batch norm and relu R=1 N=262144 W=256",
            "kernels/batch norm and relu backward R=1 N=262144 W=256",
            "kernels/batch norm and relu R=1024 N=256 W=64",
            "kernels/batch norm and relu backward R=1024 N=256 W=64");
    private static final List<String> PRODUCT = List.of("kernels/product x W\\^T R=1024 N=128 D=128 K=128");
    private static final List<String> HOST = List.of("cpu/10-10-1 R=64 N=1 .*");

    private static final List<Goal> ALL = List.of(
            Goal.of(
                    1,
                    "10-10-1, batch 1, 32,768 replicas, shared data",
                    gpu(FIRST, RATIO, 20, ">= 20 x the best peer"),
                    gpu(FIRST, SAMPLES, 0.55 * ISSUE_SHARED, ">= 55 % of 1.24e11 sample-steps/s")),
            Goal.of(
                    2,
                    "the same, own streams and a teacher in the kernel",
                    gpu(SECOND, RATIO, 15, ">= 15 x the best peer"),
                    gpu(SECOND, SAMPLES, 0.55 * ISSUE_OWN_STREAM, ">= 55 % of 4.8e10 sample-steps/s")),
            Goal.of(3, "10-10-1, batch 32, 32,768 replicas", gpu(THIRD, RATIO, 8, ">= 8 x the best peer")),
            Goal.of(4, "50-50-1, batch 32, 2,112 replicas", gpu(FOURTH, RATIO, 4, ">= 4 x the best peer")),
            Goal.of(
                    5,
                    "50-50-1, batch 256, 2,112 replicas",
                    gpu(FIFTH, RATIO, 1.5, ">= 1.5 x the best peer, fp32"),
                    later(">= 3 x the best peer, TF32", "no case trains small networks in TF32 yet")),
            Goal.of(
                    6,
                    "10-10-1, batch 1, 1 to 100 replicas: latency",
                    gpu(SIXTH, SECONDS, 0.5e-6, "<= 0.5 us a step"),
                    gpu(SIXTH, RATIO, 20, ">= 20 x the best peer")),
            Goal.of(
                    7,
                    "784-128-10, batch 128, momentum, 100 and 1,000 replicas",
                    gpu(SEVENTH, RATIO, 1.5, ">= 1.5 x the best peer")),
            Goal.of(
                    8,
                    "100-W-1 with 1e9 weights, batch 8, SGD",
                    gpu(EIGHTH, RATIO, 2.5, ">= 2.5 x the best peer"),
                    gpu(EIGHTH, COPY, 0.85, ">= 85 % of copy")),
            Goal.of(
                    9,
                    "an MLP 4,096 wide, batch >= 4,096, TF32 and BF16",
                    later(">= 0.97 x the products' time, >= 1.05 x a step", "no case yet")),
            Goal.of(
                    10,
                    "Hessian-vector product over own gradient",
                    later("<= 1.1 x the ratio of operations; >= 1.3 x torch compiled, >= 1.15 x JAX", HVP)),
            Goal.of(
                    11,
                    "Hessian-vector product, 784-1024-512-256-128-64-10, batch 512",
                    later("<= 160 us in fp32; >= 5 x torch compiled, >= 20 x eager", HVP)),
            Goal.of(12, "Hessian-vector product through BatchNorm", later("<= 2.6 gradients; >= 5 x torch", HVP)),
            Goal.of(
                    13,
                    "16 Hessian-vector products at once",
                    later(">= 1.4 x a vector at batch 512, up to 1,024 wide", HVP)),
            Goal.of(
                    14,
                    "Lanczos quadrature, 10 probes of 100 steps",
                    later(">= 20 x PyHessian, >= 4 x curvlinops compiled", HVP)),
            Goal.of(
                    15,
                    "BatchNorm of (N, C), 67 M elements",
                    gpu(NORM, COPY, 0.9, ">= 90 % of copy"),
                    beside(Place.GPU, NORM, "torch.*", 1.1, ">= 1.1 x torch"),
                    beside(Place.GPU, NORM, "cuDNN", 5, ">= 5 x cuDNN")),
            Goal.of(
                    16,
                    "BatchNorm of 1,024 replicas, batch 256, 64 channels",
                    gpu(NORM_REPLICAS, RATIO, 2, ">= 2 x the best peer")),
            Goal.of(
                    17,
                    "BatchNorm with ReLU, both ways",
                    beside(Place.GPU, NORM_RELU, "torch.*", 1.15, ">= 1.15 x torch")),
            Goal.of(
                    18,
                    "ReLU with a one-bit mask, 67 M elements",
                    gpu(RELU_BACKWARD, RATIO, 1.4, "back: >= 1.4 x the best peer"),
                    gpu(RELU_BACKWARD, COPY, 0.92, "back: >= 92 % of copy"),
                    gpu(RELU, COPY, 0.97, "forward: within 3 % of copy")),
            Goal.of(
                    19,
                    "SGD, momentum and Adam, 100 M parameters",
                    gpu(STEPS, COPY, 0.92, ">= 92 % of copy"),
                    gpu(STEPS, RATIO, 1, ">= 1.0 x the best peer")),
            Goal.of(
                    20,
                    "standard normals, written to memory",
                    gpu(NORMALS, BYTES, 4 * 1e12, ">= 1e12 of 4 bytes a second")),
            Goal.of(
                    21,
                    "cost of the host",
                    gpu(FIRST, BUSY, 0.98, "device busy >= 98 % in training"),
                    gpu(FIRST, LAUNCHES, 1e-3, ">= 1,000 steps a launch"),
                    later("<= 1.3 x a launch from C", "nothing launches from C beside it")),
            Goal.of(
                    22,
                    "bits that do not depend on R, products of 128",
                    beside(
                            Place.GPU,
                            PRODUCT,
                            "cuBLAS batched",
                            1 / 1.03,
                            "<= 3 % slower than batches that may depend on R")),
            Goal.of(
                    23,
                    "10-10-1, batch 1, 64 replicas, two cores",
                    beside(Place.CPU, HOST, "torch eager.*", 20, ">= 20 x torch eager"),
                    beside(Place.CPU, HOST, "jax scan.*", 1, ">= 1 x JAX scan")));

    private Goals() {}

    /** In the order of their numbers. */
    public static List<Goal> all() {
        return ALL;
    }
}
