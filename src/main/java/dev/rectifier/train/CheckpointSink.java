package dev.rectifier.train;

/** Where checkpoints go; the trainer knows no files. */
@FunctionalInterface
public interface CheckpointSink {
    /** Takes a checkpoint; when this returns, it is safe. */
    void accept(Checkpoint checkpoint);
}
