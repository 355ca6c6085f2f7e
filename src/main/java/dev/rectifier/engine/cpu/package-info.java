/**
 * The CPU engine: fp32 and fp64 loops, parallel over replicas; the reference for tests and the default without a GPU.
 *
 * <p>Numeric loops stand in the {@code *F32} classes; the build makes the {@code *F64} twins from the same text. The
 * {@code Cpu*} classes pick one by element type. Results of a replica never depend on the number of threads or replicas.
 *
 * <p>May import: engine, tensor.
 */
@NullMarked
package dev.rectifier.engine.cpu;

import org.jspecify.annotations.NullMarked;
