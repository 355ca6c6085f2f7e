package dev.rectifier.data;

import dev.rectifier.engine.CaptureOps;

/** The batches of a source for steps that are recorded and replayed, see {@link CaptureOps}: the same to the bit. */
public interface RecordedBatches {
    /** N of this step. */
    long examples(long step);

    /**
     * Brings to the device what {@link #batch} cannot work out there.
     *
     * @return for how many steps from {@code step} on, {@code most} of them at most, all with batches of one size
     */
    long ready(long step, long most);

    /** Works out on the host, while the device is busy, what {@link #ready} will need for this step. */
    default void ahead(long step) {}

    /** The batch of a step that was made ready, by operations on the device alone. */
    Batch batch(long step);

    /** Of a source whose batches are all of one size and made on the device from the step alone. */
    static RecordedBatches of(DataSource source) {
        return new RecordedBatches() {
            @Override
            public long examples(long step) {
                return source.largestBatch();
            }

            @Override
            public long ready(long step, long most) {
                return most;
            }

            @Override
            public Batch batch(long step) {
                return source.batch(step);
            }
        };
    }
}
