package dev.rectifier.tensor;

import java.util.Arrays;

/** Extents of a row-major array, outermost first. An immutable value; a scalar has rank 0 and size 1. */
public final class Shape {
    private final long[] extents;

    private Shape(long[] extents) {
        this.extents = extents;
    }

    /**
     * The shape with these extents.
     *
     * @throws IllegalArgumentException if an extent is negative or the number of elements does not fit a long
     */
    public static Shape of(long... extents) {
        long size = 1;
        for (long extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException("Negative extent in shape " + Arrays.toString(extents) + ".");
            }
            size = multiply(size, extent, extents);
        }
        return new Shape(extents.clone());
    }

    private static long multiply(long size, long extent, long[] extents) {
        try {
            return Math.multiplyExact(size, extent);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "Shape " + Arrays.toString(extents) + " has more elements than a 64-bit number can count.", e);
        }
    }

    /** Number of axes. */
    public int rank() {
        return extents.length;
    }

    /** Extent of one axis; a negative axis counts from the innermost (-1 is the last). */
    public long dim(int axis) {
        return extents[axis < 0 ? extents.length + axis : axis];
    }

    /** Number of elements: the product of the extents. */
    public long size() {
        long size = 1;
        for (long extent : extents) {
            size *= extent;
        }
        return size;
    }

    /** The shape without its leading axis. */
    public Shape tail() {
        return new Shape(Arrays.copyOfRange(extents, 1, extents.length));
    }

    /** The shape with one more axis in front. */
    public Shape prepend(long extent) {
        long[] longer = new long[extents.length + 1];
        longer[0] = extent;
        System.arraycopy(extents, 0, longer, 1, extents.length);
        return of(longer);
    }

    /** The extents, outermost first. */
    public long[] extents() {
        return extents.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(extents, that.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    @Override
    public String toString() {
        return Arrays.toString(extents);
    }
}
