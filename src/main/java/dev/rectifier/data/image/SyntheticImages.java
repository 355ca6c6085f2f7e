package dev.rectifier.data.image;

import dev.rectifier.data.file.ByteTensor;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;

/**
 * Ten shapes, drawn by the program: disc, ring, square, frame, plus, cross, horizontal and vertical bar, falling and rising
 * diagonal. Each lies anywhere in the image, is lighter or darker than its ground, and noise lies over both. A network that
 * looks for a shape wherever it is tells them apart; a linear model, which adds up pixels, gets little further than chance,
 * since every pixel of every class is as often lighter as darker.
 *
 * <p>Image i is a pure function of (seed, i) in whole numbers, so the same everywhere; its class is i mod 10. Group 0 of
 * block (key, 0, i) places the shape, the groups after it are the noise.
 */
public final class SyntheticImages {
    /** Number of shapes. */
    public static final int CLASSES = 10;

    private static final int SMALLEST = 12;
    private static final int NOISE = 64;
    private static final int DARKEST = 48;
    private static final int GROUNDS = 32;
    private static final int LEAST_CONTRAST = 80;
    private static final int CONTRASTS = 48;

    private SyntheticImages() {}

    /** The first {@code examples} images of a seed; both sides at least 12 pixels. */
    public static ImageSet of(SeedTree seed, ImageShape shape, int examples) {
        if (Math.min(shape.height(), shape.width()) < SMALLEST) {
            throw new IllegalArgumentException(
                    "Shapes need images of at least " + SMALLEST + " by " + SMALLEST + " pixels, not " + shape + ".");
        }
        byte[] pixels = new byte[Math.multiplyExact(examples, shape.inputs())];
        int[] labels = new int[examples];
        Canvas canvas = new Canvas(shape, pixels);
        for (int i = 0; i < examples; i++) {
            labels[i] = i % CLASSES;
            canvas.draw(new Philox(seed.key(), 0, i), labels[i], i * shape.inputs());
        }
        Shape all = Shape.of(examples, shape.channels(), shape.height(), shape.width());
        return ImageSet.of(ByteTensor.of(all, pixels), HostTensor.of(Shape.of(examples), labels), CLASSES);
    }

    /** Whether a point belongs to a shape of radius {@code r} around the origin; strokes are 2 pixels wide or a little more. */
    static boolean covers(int shape, int x, int y, int r) {
        int far = Math.max(Math.abs(x), Math.abs(y));
        int square = x * x + y * y;
        int stroke = 1 + r / 6;
        boolean inside = far <= r;
        return switch (shape) {
            case 0 -> square <= r * r;
            case 1 -> square <= r * r && square > (r - stroke) * (r - stroke);
            case 2 -> inside;
            case 3 -> inside && far > r - stroke;
            case 4 -> inside && Math.min(Math.abs(x), Math.abs(y)) < stroke;
            case 5 -> inside && (Math.abs(x - y) < stroke || Math.abs(x + y) < stroke);
            case 6 -> inside && Math.abs(y) < stroke;
            case 7 -> inside && Math.abs(x) < stroke;
            case 8 -> inside && Math.abs(x - y) < stroke;
            default -> inside && Math.abs(x + y) < stroke;
        };
    }

    /** Draws into an array of images. */
    private static final class Canvas {
        private final ImageShape shape;
        private final byte[] pixels;
        private final int radius;
        private final int groups;
        private final int[] words;

        Canvas(ImageShape shape, byte[] pixels) {
            this.shape = shape;
            this.pixels = pixels;
            radius = Math.min(shape.height(), shape.width()) / 4;
            groups = 1 + (shape.inputs() + 15) / 16;
            words = new int[4 * groups];
        }

        void draw(Philox draws, int label, int at) {
            draws.words(0, groups, words);
            int left = radius + below(0, shape.width() - 2 * radius);
            int top = radius + below(groups, shape.height() - 2 * radius);
            int light = 128 + DARKEST * (words[2 * groups] < 0 ? 1 : -1) + below(2 * groups, GROUNDS) - GROUNDS / 2;
            int contrast = LEAST_CONTRAST + below(3 * groups, CONTRASTS);
            int ink = words[2 * groups] < 0 ? light - contrast : light + contrast;
            for (int d = 0; d < shape.inputs(); d++) {
                int x = d % shape.width() - left;
                int y = d / shape.width() % shape.height() - top;
                int value = (covers(label, x, y, radius) ? ink : light) + noise(d);
                pixels[at + d] = (byte) Math.max(0, Math.min(255, value));
            }
        }

        /** 0 .. bound-1 by the low 31 bits of a word of group 0, the top one being the side of the contrast. */
        private int below(int word, int bound) {
            return (int) (((words[word] & 0x7fffffffL) * bound) >>> 31);
        }

        /** Four bytes a word, from group 1 on, centred. */
        private int noise(int d) {
            int group = 1 + d / 16;
            int word = words[((d / 4) & 3) * groups + group];
            return ((((word >>> (8 * (d & 3))) & 255) * NOISE) >> 8) - NOISE / 2;
        }
    }
}
