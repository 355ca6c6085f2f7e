/**
 * The CUDA engine and its emulated twin: the only package that imports {@code jcuda}.
 *
 * <p>{@link dev.rectifier.engine.cuda.KernelTable} says what kernels there are; {@code Launch} packs their arguments;
 * {@code CudaContext} owns device, context and stream; the operation groups ({@code CudaDense} and its like) choose kernel
 * and grid by the shapes of one replica. Kernels come from {@code cuda/*.cu}: a fat binary in the jar, or NVRTC at first
 * use. Under the emulated driver the same code runs without a GPU.
 *
 * <p>May import: engine, tensor, jcuda.
 */
@NullMarked
package dev.rectifier.engine.cuda;

import org.jspecify.annotations.NullMarked;
