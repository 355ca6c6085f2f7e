package dev.rectifier.tensor;

/**
 * Uniform and standard normal fp32 numbers from generator words, in fused multiply-adds, products, sums, square roots and
 * integer operations alone: every one of them is correctly rounded on CPUs and GPUs alike, so a stream has the same bits
 * on both. {@code cuda/philox.cuh} is the same text in device code; change both or neither, and raise
 * {@link Philox#STREAM_VERSION}.
 *
 * <p>Normals come in pairs by Box and Muller (1958): (r cos 2 pi v, r sin 2 pi v) with r = sqrt(-2 log u), u in (0, 1] from
 * the first word and v in [0, 1) from the second. Logarithm, sine and cosine are within 2 ulp; |z| is at most 6.77.
 */
public final class Normals {
    private static final int CHUNK = 64;

    private static final int SQRT_HALF_BITS = 0x3f3504f3;
    private static final int MANTISSA = 0x7fffff;
    private static final float LN2 = 0.6931472f;

    // log(1 + f) = f - f^2 / 2 + f^3 p(f) on [sqrt(1/2) - 1, sqrt(2) - 1]: minimax in relative error, 5.9e-9.
    private static final float L0 = 0.3333333f;
    private static final float L1 = -0.2500082f;
    private static final float L2 = 0.20001227f;
    private static final float L3 = -0.16623357f;
    private static final float L4 = 0.14201757f;
    private static final float L5 = -0.1316018f;
    private static final float L6 = 0.12761578f;
    private static final float L7 = -0.07634504f;

    // sin(pi t / 4) = t pi/4 + t^3 p(t^2) and cos(pi t / 4) = 1 + t^2 p(t^2) on [-1, 1]: 3.6e-9 and 7.6e-11.
    private static final float QUARTER_PI = 0.7853982f;
    private static final float QUARTER_PI_TAIL = -2.1855694e-8f; // pi/4 less its fp32 value
    private static final float S1 = -0.08074546f;
    private static final float S2 = 0.0024900495f;
    private static final float S3 = -3.5978985e-5f;
    private static final float C1 = -0.30842513f;
    private static final float C2 = 0.015854327f;
    private static final float C3 = -0.000325942f;
    private static final float C4 = 3.5313346e-6f;

    private Normals() {}

    /** Uniform in [0, 1): the 24 high bits of a word times 2^-24. */
    public static float uniform(int word) {
        return (word >>> 8) * 0x1p-24f;
    }

    /** sqrt(-2 log u) with u = (word + 1/2) 2^-32 rounded to fp32, in (0, 1]. */
    public static float radius(int word) {
        float u = Math.fma((float) (word & 0xffffffffL), 0x1p-32f, 0x1p-33f);
        return (float) Math.sqrt(-2f * log(u));
    }

    /** Natural logarithm of a normal number u in (0, 1]. */
    static float log(float u) {
        int shifted = Float.floatToRawIntBits(u) - SQRT_HALF_BITS;
        float exponent = (float) (shifted >> 23);
        float f = Float.intBitsToFloat((shifted & MANTISSA) + SQRT_HALF_BITS) - 1f;
        float p = Math.fma(L7, f, L6);
        p = Math.fma(p, f, L5);
        p = Math.fma(p, f, L4);
        p = Math.fma(p, f, L3);
        p = Math.fma(p, f, L2);
        p = Math.fma(p, f, L1);
        p = Math.fma(p, f, L0);
        float square = f * f;
        float tail = Math.fma(square * f, p, -0.5f * square);
        return Math.fma(exponent, LN2, f + tail);
    }

    /** cos(2 pi v) with v = word 2^-32. */
    public static float cosine(int word) {
        int octant = word + 0x20000000;
        float t = offset(word, octant);
        float magnitude = (octant & 0x40000000) == 0 ? evenPart(t) : oddPart(t);
        return ((octant + 0x40000000) & 0x80000000) == 0 ? magnitude : -magnitude;
    }

    /** sin(2 pi v) with v = word 2^-32. */
    public static float sine(int word) {
        int octant = word + 0x20000000;
        float t = offset(word, octant);
        float magnitude = (octant & 0x40000000) == 0 ? oddPart(t) : evenPart(t);
        return (octant & 0x80000000) == 0 ? magnitude : -magnitude;
    }

    /** Distance from the nearest multiple of a quarter turn, in eighths of a turn: exact before the one rounding to fp32. */
    private static float offset(int word, int octant) {
        return (float) (word - (octant & 0xc0000000)) * 0x1p-29f;
    }

    private static float oddPart(float t) {
        float square = t * t;
        float p = Math.fma(Math.fma(Math.fma(S3, square, S2), square, S1), square, QUARTER_PI_TAIL);
        return Math.fma(t, QUARTER_PI, t * p);
    }

    private static float evenPart(float t) {
        float square = t * t;
        float p = Math.fma(Math.fma(Math.fma(C4, square, C3), square, C2), square, C1);
        return Math.fma(square, p, 1f);
    }

    /** Elements {@code 0 .. out.length - 1} of a block, each mean + deviation z in one fused multiply-add. */
    public static void fill(float[] out, Philox block, float mean, float deviation) {
        fill(out, 0, out.length, block, mean, deviation);
    }

    /**
     * Writes elements {@code 0 .. count - 1} of a block to {@code out[at ...]}, each mean + deviation z in one fused
     * multiply-add.
     *
     * @param mean and {@code deviation}: rounded to fp32 once, by the caller
     */
    public static void fill(float[] out, int at, int count, Philox block, float mean, float deviation) {
        int[] planes = new int[4 * Math.min(CHUNK, groups(count))];
        for (int done = 0; done < count; done += 4 * CHUNK) {
            int groups = Math.min(CHUNK, groups(count - done));
            block.words(done / 4, groups, planes);
            transform(planes, groups, 0);
            transform(planes, groups, 2 * groups);
            for (int i = 0; i < Math.min(4 * groups, count - done); i++) {
                float z = Float.intBitsToFloat(planes[(i & 3) * groups + (i >> 2)]);
                out[at + done + i] = Math.fma(deviation, z, mean);
            }
        }
    }

    /**
     * Writes elements {@code 0 .. count - 1} of a block to {@code out[at ...]}, each low + span u in one fused multiply-add
     * with u uniform in [0, 1).
     *
     * @param low and {@code span}: rounded to fp32 once, by the caller
     */
    public static void fillUniform(float[] out, int at, int count, Philox block, float low, float span) {
        int[] planes = new int[4 * Math.min(CHUNK, groups(count))];
        for (int done = 0; done < count; done += 4 * CHUNK) {
            int groups = Math.min(CHUNK, groups(count - done));
            block.words(done / 4, groups, planes);
            for (int i = 0; i < Math.min(4 * groups, count - done); i++) {
                out[at + done + i] = Math.fma(span, uniform(planes[(i & 3) * groups + (i >> 2)]), low);
            }
        }
    }

    /** Replaces words of two neighbouring planes by the bits of the pair of normals made of them. */
    private static void transform(int[] planes, int groups, int from) {
        for (int i = from; i < from + groups; i++) {
            float radius = radius(planes[i]);
            int angle = planes[i + groups];
            planes[i] = Float.floatToRawIntBits(radius * cosine(angle));
            planes[i + groups] = Float.floatToRawIntBits(radius * sine(angle));
        }
    }

    private static int groups(int elements) {
        return (elements + 3) / 4;
    }
}
