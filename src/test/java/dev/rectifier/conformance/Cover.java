package dev.rectifier.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The covering set of shapes: sizes at, just below and just above the widths of warps and tiles, one prime past them and
 * one past the largest block.
 *
 * <p>A Latin square over three axes has every pair of sizes on every pair of axes in 36 triples instead of 216. Replica
 * counts, regimes and layouts rotate through the triples with periods prime to each other.
 */
final class Cover {
    static final int[] SIZES = {1, 31, 32, 33, 127, 257};

    /** A shape is met by 64 replicas only if one block has at most this many products: the suite must stay quick. */
    private static final long SMALL = 40_000;

    private Cover() {}

    /**
     * One point of the cover.
     *
     * @param index running number, for rotations
     * @param a first extent
     * @param b second extent
     * @param c third extent
     */
    record Point(int index, int a, int b, int c) {
        /** 1, 3 or 64. */
        int replicas() {
            return switch (index % 3) {
                case 0 -> 3;
                case 1 -> (long) a * b * c <= SMALL ? 64 : 3;
                default -> 1;
            };
        }

        Regime regime() {
            return rotate(Regime.values(), 5 * index + index / 6);
        }

        Operand.Layout layout(int operand) {
            return rotate(Operand.Layout.values(), index / 3 + operand * (1 + index % 2));
        }

        SplittableRandom random() {
            return new SplittableRandom(0x9E3779B97F4A7C15L * (index + 1));
        }

        static <T> T rotate(T[] choices, int by) {
            return choices[Math.floorMod(by, choices.length)];
        }
    }

    /** 36 triples; every pair of sizes meets on every pair of axes. */
    static List<Point> triples() {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < SIZES.length; i++) {
            for (int j = 0; j < SIZES.length; j++) {
                points.add(new Point(points.size(), SIZES[i], SIZES[j], SIZES[(i + j) % SIZES.length]));
            }
        }
        return points;
    }

    /** All 36 pairs. */
    static List<Point> pairs() {
        List<Point> points = new ArrayList<>();
        for (int a : SIZES) {
            for (int b : SIZES) {
                points.add(new Point(points.size(), a, b, 1));
            }
        }
        return points;
    }
}
