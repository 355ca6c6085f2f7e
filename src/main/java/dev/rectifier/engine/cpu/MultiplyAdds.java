package dev.rectifier.engine.cpu;

/** Nothing but fused multiply-adds: what Java gets out of a processor at most, for a measured time to stand beside. */
final class MultiplyAdds {
    private static final int FLOATS = 1024; // stays in the nearest cache
    private static final int CHAIN = 16; // to one load and one store
    private static final int PASSES = 256;
    private static final float FACTOR = 0.999f;
    private static final float TERM = 0.5f;

    private final Team team;

    MultiplyAdds(Team team) {
        this.team = team;
    }

    /** At least so many, by all threads; how many. */
    long run(long atLeast) {
        long perItem = (long) FLOATS * CHAIN * PASSES;
        int items = Math.toIntExact((atLeast + perItem - 1) / perItem);
        float[] results = new float[items];
        team.run(items, 1, (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                results[item] = one();
            }
        });
        for (float result : results) {
            requireLimit(result);
        }
        return items * perItem;
    }

    private static float one() {
        float[] x = new float[FLOATS];
        for (int pass = 0; pass < PASSES; pass++) {
            pass(x);
        }
        return x[FLOATS - 1];
    }

    /** Written out so that a compiler takes many elements at once and keeps each in a register for its sixteen. */
    private static void pass(float[] x) {
        for (int i = 0; i < x.length; i++) {
            float v = x[i];
            v = Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, v, TERM), TERM), TERM), TERM);
            v = Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, v, TERM), TERM), TERM), TERM);
            v = Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, v, TERM), TERM), TERM), TERM);
            v = Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, Math.fma(FACTOR, v, TERM), TERM), TERM), TERM);
            x[i] = v;
        }
    }

    /** From 0 it rises to b / (1 - a) = 500, of which e^-4 are still missing after 4096 rounds. */
    private static void requireLimit(float result) {
        if (!(result > 480 && result < 501)) {
            throw new IllegalStateException("A chain of multiply-adds came to " + result + ", not to about 492.");
        }
    }
}
