package dev.rectifier.data.image;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;

/**
 * Wrong labels: each example's label is, with a probability, replaced by one of the other K-1, all equally likely. Whether
 * and by which is a pure function of (key, replica id, place in the set), so a label does not change with the size of the set.
 *
 * @param fraction probability of a wrong label, 0 .. 1
 */
public record LabelNoise(double fraction) {
    public LabelNoise {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("A fraction of wrong labels of " + fraction + " is not within 0 to 1.");
        }
    }

    /** The same wrong labels for everybody, whichever replicas are trained together: those of replica id 0. */
    public ImageSet applied(ImageSet set, SeedTree seed) {
        HostTensor own = labels(set, Streams.single(seed));
        return set.relabelled(HostTensor.of(Shape.of(set.examples()), own.ints()));
    }

    /** Labels of a set for each replica, I32 [R, M]. */
    public HostTensor labels(ImageSet set, Streams streams) {
        int examples = set.examples();
        int[] all = new int[Math.multiplyExact(streams.replicas(), examples)];
        int[] words = new int[4];
        for (int r = 0; r < streams.replicas(); r++) {
            Philox block = streams.block(r, 0);
            for (int i = 0; i < examples; i++) {
                block.words(i, 1, words);
                all[r * examples + i] = label(set.label(i), set.classes(), words);
            }
        }
        return HostTensor.of(Shape.of(streams.replicas(), examples), all);
    }

    /** Word 0 says whether, word 1 by how many classes further. */
    private int label(int given, int classes, int[] words) {
        boolean kept = (words[0] & 0xffffffffL) >= fraction * 0x1p32;
        if (kept || classes < 2) {
            return given;
        }
        int further = 1 + (int) (((words[1] & 0xffffffffL) * (classes - 1)) >>> 32);
        return (given + further) % classes;
    }
}
