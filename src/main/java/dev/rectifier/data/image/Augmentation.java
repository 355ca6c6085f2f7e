package dev.rectifier.data.image;

import dev.rectifier.tensor.Philox;
import java.util.Arrays;

/**
 * Random crops and flips: an image is thought to lie in a frame of zeros (black) that is {@code padding} wide, a window of
 * its own size is cut out anywhere in it, and half of the windows are mirrored left to right. The usual one of CIFAR is
 * padding 4 with flips.
 *
 * <p>A draw is a pure function of (key, replica id, step, place in the batch): words 0 and 1 of group {@code place} of the
 * block (key, id, step) shift down and right, word 2 flips.
 *
 * @param padding width of the frame, 0 for no crops
 * @param flip whether windows are mirrored
 */
public record Augmentation(int padding, boolean flip) {
    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(0, false);

    /** Crops out of a frame of 4, and flips. */
    public static final Augmentation CROP_AND_FLIP = new Augmentation(4, true);

    public Augmentation {
        if (padding < 0 || padding > 1024) {
            throw new IllegalArgumentException("A frame of " + padding + " pixels is not within 0 to 1024.");
        }
    }

    boolean isNone() {
        return padding == 0 && !flip;
    }

    /** What happens to one image: it moves up and left by these many pixels, then may be mirrored. */
    record Move(int down, int right, boolean mirrored) {}

    Move move(Philox draws, int place) {
        int[] words = new int[4];
        draws.words(place, 1, words);
        return new Move(shift(words[0]), shift(words[1]), flip && words[2] < 0);
    }

    private int shift(int word) {
        return (int) (((word & 0xffffffffL) * (2L * padding + 1)) >>> 32) - padding;
    }

    /** Writes the window: to[y][x] = from[y + down][x + right], 0 outside, mirrored if it is. */
    static void apply(Move move, ImageShape shape, byte[] from, byte[] to) {
        for (int c = 0; c < shape.channels(); c++) {
            for (int y = 0; y < shape.height(); y++) {
                int row = c * shape.plane() + y * shape.width();
                int source = y + move.down();
                if (source < 0 || source >= shape.height()) {
                    Arrays.fill(to, row, row + shape.width(), (byte) 0);
                } else {
                    window(move, shape.width(), from, c * shape.plane() + source * shape.width(), to, row);
                }
            }
        }
    }

    private static void window(Move move, int width, byte[] from, int source, byte[] to, int row) {
        for (int x = 0; x < width; x++) {
            int column = (move.mirrored() ? width - 1 - x : x) + move.right();
            to[row + x] = column < 0 || column >= width ? 0 : from[source + column];
        }
    }
}
