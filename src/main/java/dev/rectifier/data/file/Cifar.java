package dev.rectifier.data.file;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The binary files of CIFAR-10 and CIFAR-100, plain or gzip: per image one label byte (CIFAR-100: a coarse and a fine one),
 * then 1,024 bytes each of red, green and blue, row by row. No header: every label is checked and the last image is whole.
 *
 * <p>Source: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009, and the page of the data set.
 */
public final class Cifar {
    private static final String CURE = "Check that it is the binary version of the set, unpacked or gzip.";
    private static final int SIDE = 32;
    private static final int PIXELS = 3 * SIDE * SIDE;

    private Cifar() {}

    /** Which label of an image. */
    public enum Labels {
        /** The only one of CIFAR-10. */
        TEN(1, 0, 10),
        /** One of the 20 groups of CIFAR-100. */
        COARSE(2, 0, 20),
        /** One of the 100 classes of CIFAR-100. */
        FINE(2, 1, 100);

        private final int stored;
        private final int place;
        private final int classes;

        Labels(int stored, int place, int classes) {
            this.stored = stored;
            this.place = place;
            this.classes = classes;
        }

        /** How many there are. */
        public int classes() {
            return classes;
        }
    }

    /** All images of a file, [M, 3, 32, 32]. */
    public static LabelledBytes read(Path file, Labels labels) {
        try (Unpacking in = Unpacking.open(file)) {
            return read(in, labels);
        }
    }

    /**
     * Files of the set's archive, a packed tar, by their names without folders.
     *
     * @throws DataFileException if one of them is missing
     */
    public static Map<String, LabelledBytes> readArchive(Path archive, Labels labels, Collection<String> names) {
        Map<String, LabelledBytes> read = new HashMap<>();
        Tar.visit(archive, names, (name, in) -> read.put(name, read(in, labels)));
        for (String name : names) {
            if (!read.containsKey(name)) {
                throw DataFileException.of(archive.toString(), -1, "there is no file '" + name + "' in it", CURE);
            }
        }
        return read;
    }

    private static LabelledBytes read(Unpacking in, Labels labels) {
        int length = labels.stored + PIXELS;
        in.ahead().ifPresent(bytes -> requireImages(in, bytes, length));
        byte[] records = in.rest();
        requireImages(in, records.length, length);
        int count = records.length / length;
        byte[] pixels = new byte[count * PIXELS];
        int[] shown = new int[count];
        for (int i = 0; i < count; i++) {
            shown[i] = label(in.name(), records, i * length, labels);
            System.arraycopy(records, i * length + labels.stored, pixels, i * PIXELS, PIXELS);
        }
        return new LabelledBytes(
                ByteTensor.of(Shape.of(count, 3, SIDE, SIDE), pixels), HostTensor.of(Shape.of(count), shown));
    }

    private static void requireImages(Unpacking in, long bytes, int length) {
        if (bytes == 0 || bytes % length != 0) {
            throw in.fault(
                    "it has " + bytes + " bytes, not a multiple of " + length + " for images of " + length + " bytes",
                    CURE);
        }
    }

    private static int label(String file, byte[] records, int at, Labels labels) {
        int label = records[at + labels.place] & 255;
        if (label >= labels.classes || (labels == Labels.FINE && (records[at] & 255) >= Labels.COARSE.classes)) {
            throw DataFileException.of(
                    file,
                    at,
                    "an image's label is " + label + ", not below " + labels.classes
                            + ", or its coarse one is not below " + Labels.COARSE.classes,
                    CURE);
        }
        return label;
    }
}
