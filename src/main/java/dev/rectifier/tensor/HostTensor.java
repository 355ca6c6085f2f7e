package dev.rectifier.tensor;

import java.util.Arrays;

/**
 * A row-major host array with its shape: the type that uploads, downloads, oracles and files speak.
 *
 * <p>The array is held, not copied: whoever passes it in gives it away.
 */
public final class HostTensor {
    private final Shape shape;
    private final DType dtype;
    private final Object elements;

    private HostTensor(Shape shape, DType dtype, Object elements, int length) {
        if (shape.size() != length) {
            throw new IllegalArgumentException(
                    "Shape " + shape + " has " + shape.size() + " elements, the array has " + length + ".");
        }
        this.shape = shape;
        this.dtype = dtype;
        this.elements = elements;
    }

    public static HostTensor of(Shape shape, float[] elements) {
        return new HostTensor(shape, DType.F32, elements, elements.length);
    }

    public static HostTensor of(Shape shape, double[] elements) {
        return new HostTensor(shape, DType.F64, elements, elements.length);
    }

    public static HostTensor of(Shape shape, int[] elements) {
        return new HostTensor(shape, DType.I32, elements, elements.length);
    }

    public static HostTensor of(Shape shape, long[] elements) {
        return new HostTensor(shape, DType.I64, elements, elements.length);
    }

    /** A tensor of zeros. */
    public static HostTensor zeros(DType dtype, Shape shape) {
        int n = Math.toIntExact(shape.size());
        return switch (dtype) {
            case F32 -> of(shape, new float[n]);
            case F64 -> of(shape, new double[n]);
            case I32 -> of(shape, new int[n]);
            case I64 -> of(shape, new long[n]);
        };
    }

    /** These values rounded to {@code dtype} (F32 or F64). */
    public static HostTensor rounded(DType dtype, Shape shape, double[] values) {
        HostTensor result = zeros(dtype, shape);
        for (int i = 0; i < values.length; i++) {
            result.set(i, values[i]);
        }
        return result;
    }

    public Shape shape() {
        return shape;
    }

    public DType dtype() {
        return dtype;
    }

    /** Number of elements. */
    public int length() {
        return Math.toIntExact(shape.size());
    }

    /** Element {@code i} in row-major order, as a double (exact for F32, F64, I32). */
    public double get(int i) {
        return switch (dtype) {
            case F32 -> ((float[]) elements)[i];
            case F64 -> ((double[]) elements)[i];
            case I32 -> ((int[]) elements)[i];
            case I64 -> ((long[]) elements)[i];
        };
    }

    /** Sets element {@code i}, rounding to the element type. */
    public void set(int i, double value) {
        switch (dtype) {
            case F32 -> ((float[]) elements)[i] = (float) value;
            case F64 -> ((double[]) elements)[i] = value;
            case I32 -> ((int[]) elements)[i] = (int) value;
            case I64 -> ((long[]) elements)[i] = (long) value;
        }
    }

    /** The backing array, whatever its type: float[], double[], int[] or long[]. */
    public Object array() {
        return elements;
    }

    /** The backing array. @throws ClassCastException if the element type is not F32 */
    public float[] floats() {
        return (float[]) elements;
    }

    /** The backing array. @throws ClassCastException if the element type is not F64 */
    public double[] doubles() {
        return (double[]) elements;
    }

    /** The backing array. @throws ClassCastException if the element type is not I32 */
    public int[] ints() {
        return (int[]) elements;
    }

    /** The backing array. @throws ClassCastException if the element type is not I64 */
    public long[] longs() {
        return (long[]) elements;
    }

    /** All elements as doubles, in row-major order: a fresh array. */
    public double[] toDoubles() {
        double[] values = new double[length()];
        Arrays.setAll(values, this::get);
        return values;
    }

    /** True when shape, type and every bit of every element agree (NaNs compare by their bits). */
    public boolean sameBits(HostTensor other) {
        return dtype == other.dtype
                && shape.equals(other.shape)
                && switch (dtype) {
                    case F32 -> Arrays.equals(bits(floats()), bits(other.floats()));
                    case F64 -> Arrays.equals(bits(doubles()), bits(other.doubles()));
                    case I32 -> Arrays.equals(ints(), other.ints());
                    case I64 -> Arrays.equals(longs(), other.longs());
                };
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    private static long[] bits(double[] values) {
        long[] bits = new long[values.length];
        Arrays.setAll(bits, i -> Double.doubleToRawLongBits(values[i]));
        return bits;
    }

    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
