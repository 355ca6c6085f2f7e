package dev.rectifier.data.image;

import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.file.ByteTensor;
import dev.rectifier.data.file.LabelledBytes;
import dev.rectifier.engine.Arena;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Digest;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * M images as bytes with their labels, on the host. Never changes: parts of it share its pixels.
 */
public final class ImageSet {
    private final Pixels pixels;
    private final ImageShape shape;
    private final int[] labels;
    private final int classes;

    private ImageSet(Pixels pixels, ImageShape shape, int[] labels, int classes) {
        this.pixels = pixels;
        this.shape = shape;
        this.labels = labels;
        this.classes = classes;
    }

    /**
     * A set over pixels of any origin.
     *
     * @param labels I32 [M], each 0 .. classes-1
     */
    public static ImageSet of(Pixels pixels, ImageShape shape, HostTensor labels, int classes) {
        int[] numbers = labels.ints();
        if (numbers.length == 0 || Arrays.stream(numbers).anyMatch(label -> label < 0 || label >= classes)) {
            throw new IllegalArgumentException("A set of " + numbers.length + " images with labels outside 0 to "
                    + (classes - 1) + ", or without images, is none: check the files and the number of classes.");
        }
        return new ImageSet(pixels, shape, numbers.clone(), classes);
    }

    /** A set that was read from a file. */
    public static ImageSet of(LabelledBytes read, int classes) {
        Shape shape = read.images().shape();
        return of(Pixels.of(read.images()), shapeOf(shape), read.labels(), classes);
    }

    /** Images [M, H, W] of one channel, or [M, C, H, W], with labels I32 [M] or [M] bytes read as I32. */
    public static ImageSet of(ByteTensor images, HostTensor labels, int classes) {
        Shape given = images.shape();
        Shape four = given.rank() == 3 ? Shape.of(given.dim(0), 1, given.dim(1), given.dim(2)) : given;
        return of(new LabelledBytes(ByteTensor.of(four, images.bytes()), labels), classes);
    }

    private static ImageShape shapeOf(Shape shape) {
        return new ImageShape(
                Math.toIntExact(shape.dim(1)), Math.toIntExact(shape.dim(2)), Math.toIntExact(shape.dim(3)));
    }

    /** M. */
    public int examples() {
        return labels.length;
    }

    public ImageShape shape() {
        return shape;
    }

    /** K: labels are 0 .. K-1. */
    public int classes() {
        return classes;
    }

    /** What one image shows. */
    public int label(int example) {
        return labels[example];
    }

    /** I32 [M]: a fresh copy. */
    public HostTensor labels() {
        return HostTensor.of(Shape.of(labels.length), labels.clone());
    }

    /** Writes the D bytes of one image. */
    public void read(int example, byte[] into) {
        pixels.read(java.util.Objects.checkIndex(example, labels.length), into);
    }

    /** These images, in this order. */
    public ImageSet chosen(int... examples) {
        int[] rows = examples.clone();
        int[] shown = Arrays.stream(rows).map(row -> labels[row]).toArray();
        return new ImageSet(pixels.chosen(rows), shape, requireSome(shown), classes);
    }

    private static int[] requireSome(int[] labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("A part of a set needs at least one image.");
        }
        return labels;
    }

    /** Images {@code from .. to - 1}. */
    public ImageSet range(int from, int to) {
        java.util.Objects.checkFromToIndex(from, to, labels.length);
        return chosen(IntStream.range(from, to).toArray());
    }

    /** The first n. */
    public ImageSet first(int n) {
        return range(0, n);
    }

    /** All but the first n. */
    public ImageSet from(int n) {
        return range(n, labels.length);
    }

    /** n images drawn without replacement, in the order of the set. */
    public ImageSet drawn(int n, SeedTree seed) {
        int[] all = IntStream.range(0, labels.length).toArray();
        return chosen(Draw.of(n, all, seed));
    }

    /** n images of every class, drawn without replacement, in the order of the set. A class's draw depends on no other. */
    public ImageSet drawnPerClass(int n, SeedTree seed) {
        int[] rows = IntStream.range(0, classes)
                .flatMap(k -> Arrays.stream(Draw.of(n, ofClass(k), seed.child(k))))
                .sorted()
                .toArray();
        return chosen(rows);
    }

    private int[] ofClass(int k) {
        return IntStream.range(0, labels.length).filter(i -> labels[i] == k).toArray();
    }

    /** Sets of one shape and number of classes, one after the other. */
    public static ImageSet joined(List<ImageSet> sets) {
        List<ImageSet> parts = List.copyOf(sets);
        ImageSet first = parts.get(0);
        if (parts.stream().anyMatch(part -> !part.shape.equals(first.shape) || part.classes != first.classes)) {
            throw new IllegalArgumentException("Sets of different shapes or classes cannot be joined: " + parts + ".");
        }
        int[] labels =
                parts.stream().flatMapToInt(part -> Arrays.stream(part.labels)).toArray();
        int[] starts = new int[parts.size()];
        for (int p = 1; p < starts.length; p++) {
            starts[p] = starts[p - 1] + parts.get(p - 1).examples();
        }
        Pixels pixels = (example, into) -> {
            int found = Arrays.binarySearch(starts, example);
            int part = found >= 0 ? found : -found - 2;
            parts.get(part).read(example - starts[part], into);
        };
        return new ImageSet(pixels, first.shape, labels, first.classes);
    }

    /** The same images, said to show something else. */
    public ImageSet relabelled(HostTensor other) {
        if (other.length() != labels.length) {
            throw new IllegalArgumentException(
                    other.length() + " labels do not fit a set of " + labels.length + " images.");
        }
        return of(pixels, shape, other, classes);
    }

    /** All images as numbers: [1, M, D] of this type. 4 or 8 bytes a pixel; larger sets are streamed. */
    public HostTensor numbers(DType dtype, ChannelScale scale) {
        HostTensor values = HostTensor.zeros(dtype, Shape.of(1, labels.length, shape.inputs()));
        ScaleTable table = new ScaleTable(dtype, scale, shape);
        byte[] image = new byte[shape.inputs()];
        for (int i = 0; i < labels.length; i++) {
            pixels.read(i, image);
            table.write(image, values, i * image.length);
        }
        return values;
    }

    /** The whole set with its labels on the device, one for all replicas. */
    public FiniteSet onDevice(Arena arena, DType dtype, ChannelScale scale, long replicas) {
        HostTensor shown = HostTensor.of(Shape.of(1, labels.length), labels.clone());
        return FiniteSet.of(arena, numbers(dtype, scale), replicas).withTargets(arena, shown);
    }

    /** SHA-256 over all pixels and labels: the name of the contents. Reads everything once. */
    public String digest() {
        MessageDigest digest = Digest.sha256();
        byte[] image = new byte[shape.inputs()];
        for (int i = 0; i < labels.length; i++) {
            pixels.read(i, image);
            digest.update(image);
        }
        digest.update(Digest.sha256(labels()));
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public String toString() {
        return examples() + " images " + shape.channels() + "x" + shape.height() + "x" + shape.width() + " of "
                + classes + " classes";
    }
}
