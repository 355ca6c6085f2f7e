package dev.rectifier.data.image;

/**
 * Extents of one image, whose pixels stand plane by plane, row by row.
 *
 * @param channels C
 * @param height H
 * @param width W
 */
public record ImageShape(int channels, int height, int width) {
    public ImageShape {
        if (channels < 1 || height < 1 || width < 1 || (long) channels * height * width > 1 << 26) {
            throw new IllegalArgumentException("Images of " + channels + " channels, " + height + " by " + width
                    + " pixels are none, or larger than 2^26 values.");
        }
    }

    /** D = C H W. */
    public int inputs() {
        return channels * height * width;
    }

    /** H W. */
    public int plane() {
        return height * width;
    }
}
