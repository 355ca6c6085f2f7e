package dev.rectifier.study.luckmatters;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamedBatches;
import dev.rectifier.data.image.Augmentation;
import dev.rectifier.data.image.ChannelScale;
import dev.rectifier.data.image.ImageExamples;
import dev.rectifier.data.known.ImageParts;
import dev.rectifier.engine.Arena;
import dev.rectifier.probe.HeldOut;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.images.DataHome;
import dev.rectifier.study.images.StudyImages;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;

/**
 * The images of a run, opened: batches of windows and mirror images of the training part, an order and windows of its own for
 * every replica, and the test part as it is. Both are scaled by the training part's moments.
 */
final class ImageFeed {
    private final Settings settings;
    private final ImageParts parts;
    private final ChannelScale scale;

    ImageFeed(Settings settings, DataHome data) {
        this.settings = settings;
        parts = new StudyImages(settings, data).open();
        scale = ChannelScale.measured(parts.train());
    }

    /** Batches of a run, whose size is the setting of that name. */
    static BatchPlan plan(Settings settings, String batch) {
        return BatchPlan.shuffled(
                Math.toIntExact(settings.whole("images.train")), Math.toIntExact(settings.whole(batch)));
    }

    /** The streams of that purpose. */
    static SeedTree seed(Settings settings, String purpose) {
        return SeedTree.root(settings.whole("seed")).child("images").child(purpose);
    }

    StreamedBatches batches(Arena arena, Chunk chunk, String batch, String order) {
        Augmentation moves = new Augmentation(Math.toIntExact(settings.whole("crop")), settings.flag("flip"));
        return new StreamedBatches(
                arena,
                new ImageExamples(parts.train(), DType.F32, scale, moves),
                plan(settings, batch),
                chunk.streams(seed(settings, order)),
                Sharing.PER_REPLICA);
    }

    /** The test part with its labels on the device, one for all replicas. */
    HeldOut.Examples test(Arena arena, int replicas) {
        FiniteSet test = parts.test().onDevice(arena, DType.F32, scale, replicas);
        return new HeldOut.Examples(test.x(), test.targets().orElseThrow());
    }
}
