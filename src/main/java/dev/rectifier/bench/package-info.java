/**
 * Honest comparison: every {@link dev.rectifier.bench.Case} is verified against fp64 before it is timed, contenders are timed in
 * alternating pairs, and every speed stands beside the ceilings that were measured in the same run.
 *
 * <p>Owns no clock: whoever measures passes one in. Numbers of an emulated device are never reported. Suites that train live in
 * {@code bench.training}, which may see train, data and model as well.
 *
 * <p>May import: engine, record, stats, tensor.
 */
@NullMarked
package dev.rectifier.bench;

import org.jspecify.annotations.NullMarked;
