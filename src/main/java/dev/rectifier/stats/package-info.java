/**
 * Pure numbers: moments, quantiles, intervals, rank statistics, regression and normal probabilities.
 *
 * <pre>{@code
 * Moments m = Moments.of(lossPerReplica);
 * Interval mean = Interval.student(lossPerReplica, 0.95);
 * double median = Quantiles.of(lossPerReplica).median();
 * }</pre>
 *
 * <p>Samples are plain arrays. A NaN in a sample is an error, never averaged in silently: drop such replicas first with
 * {@link Sample#finite} and state how many remain. Everything is deterministic; resampling takes a seed.
 *
 * <p>May import: java and Commons Math.
 */
@NullMarked
package dev.rectifier.stats;

import org.jspecify.annotations.NullMarked;
