/**
 * What a run leaves behind: its spec and identity, its folder, metrics, checkpoints and manifest, and the plain values a
 * study concludes with (verdicts and figures).
 *
 * <p>Every file is written so that a process killed at any moment leaves a folder that can be read and resumed.
 *
 * <pre>{@code
 * RunSpec spec = new RunSpec("luck-matters", "two-layer", "small", Settings.empty().with("train.steps", 2000), defaults);
 * RunStore store = RunStore.at(Path.of("runs"));
 * try (RunFolder run = store.open(spec)) {
 *     Optional<SavedCheckpoint> saved = run.checkpoints().latest();
 *     long from = saved.map(SavedCheckpoint::step).orElse(0L);
 *     try (MetricLog log = run.metrics(from)) {
 *         log.append(step, "loss", lossPerReplica);
 *         run.checkpoint(step, log, bytes);
 *     }
 *     run.finish(manifest);
 * }
 * MetricSeries loss = MetricTable.read(run.path()).series("loss");
 * }</pre>
 *
 * <p>May import: java and Jackson.
 */
@NullMarked
package dev.rectifier.record;

import org.jspecify.annotations.NullMarked;
