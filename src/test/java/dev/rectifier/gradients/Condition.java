package dev.rectifier.gradients;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How far two computations of a deep network may differ by rounding: its condition, measured, times its backward error.
 *
 * <p>Backward error: an inner product of n terms in any order, fused or not, is the exact one of weights that are each off by at
 * most gamma_n of themselves (Higham, Accuracy and Stability, 3.1); with roundings that are independent and of mean 0, by at most
 * lambda sqrt(n) u but for a probability of 2 exp(-lambda^2 / 2) (Higham and Mary 2019, theorem 2.4). With lambda = 8 not one of 10^6
 * sums is beyond, but for a probability of 3e-8. So a pass that uses every weight k times is, to first order, off by k such
 * shifts of all weights: forward 1, backward 2, the tangents of both 4. A weight's gradient is a sum of products of what went in and
 * what came down, and a bias is the weight of an input of 1, so the numbers that go in are shifted too and all tensors of a
 * layer share the bound of the worst. The n here is that of the longest sum of all; a normalisation rounds each element fewer
 * times than that.
 *
 * <p>Condition: everything that goes in is shifted by lambda sqrt(n) 2^-53 of itself, up or down at random, and the passes are done
 * in fp64, {@value #DRAWS} times; the largest effect counts, times u 2^53. So small a shift opens no gate and moves no maximum: the
 * bound is that of the smooth piece that the point lies in, and a unit so near its kink that fp32 takes another side would
 * show as a difference. The points here have none. The bound for the worst of all signs would multiply the norms of all
 * layers, and says nothing at eleven of them, in fp64 either.
 */
final class Condition {
    private static final int DRAWS = 8;
    private static final double DEVIATIONS = 8; // lambda
    private static final double UNIT = DType.F64.unitRoundoff();
    private static final double BOTH = 2; // either side may be off

    private Condition() {}

    /**
     * Some of what a computation gives.
     *
     * @param name what it is and, of what lies layer by layer, which layer
     * @param uses how often the computation used every weight
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never changed
    record Part(String name, int uses, double[] values) {}

    /** Parts of [R, ...] by layers: the tensors of a layer of all replicas. */
    static List<Part> byLayer(String what, int uses, ParameterLayout layout, double[] flat) {
        Map<Integer, List<Double>> layers = new LinkedHashMap<>();
        int size = Math.toIntExact(layout.size());
        for (Slot slot : layout.slots()) {
            List<Double> values = layers.computeIfAbsent(slot.layer(), l -> new ArrayList<>());
            for (int r = 0; r < flat.length / size; r++) {
                for (int i = 0; i < slot.size(); i++) {
                    values.add(flat[r * size + Math.toIntExact(slot.offset()) + i]);
                }
            }
        }
        return layers.entrySet().stream()
                .map(e -> new Part(
                        what + " of layer " + e.getKey(),
                        uses,
                        e.getValue().stream().mapToDouble(d -> d).toArray()))
                .toList();
    }

    /** Terms of the longest sum: over the inputs of a unit, over the units that an input goes to, over examples and places. */
    static long longestSum(ChainSpec spec, int examples) {
        long longest = examples * (spec.input().size() / spec.input().dim(0));
        for (Slot slot : spec.layout().slots()) {
            if (slot.shape().rank() > 1) {
                longest = Math.max(longest, slot.size() / slot.shape().dim(0));
                longest = Math.max(longest, slot.size() / slot.shape().dim(1));
            }
        }
        return longest + 1;
    }

    /**
     * Bounds of the differences, part by part.
     *
     * @param compute in fp64, given how to move every tensor that goes in
     * @param type of the computations that are to be compared
     */
    static Map<String, Double> bounds(
            Function<UnaryOperator<HostTensor>, List<Part>> compute, DType type, long longestSum) {
        double shift = DEVIATIONS * Math.sqrt((double) longestSum) * UNIT;
        double factor = BOTH * type.unitRoundoff() / UNIT;
        List<Part> here = compute.apply(values -> values);
        Map<String, Double> bounds = new LinkedHashMap<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            SplittableRandom random = new SplittableRandom(draw);
            List<Part> there = compute.apply(values -> shifted(values, shift, random));
            for (int i = 0; i < here.size(); i++) {
                Part part = here.get(i);
                double effect = factor * part.uses() * largestDifference(part, there.get(i));
                bounds.merge(part.name(), effect, Math::max);
            }
        }
        return bounds;
    }

    private static HostTensor shifted(HostTensor values, double shift, SplittableRandom random) {
        double[] moved = values.toDoubles();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += random.nextBoolean() ? shift * moved[i] : -shift * moved[i];
        }
        return HostTensor.of(values.shape(), moved);
    }

    private static double largestDifference(Part one, Part other) {
        double largest = 0;
        for (int i = 0; i < one.values().length; i++) {
            largest = Math.max(largest, Math.abs(one.values()[i] - other.values()[i]));
        }
        return largest;
    }

    /** The part that comes nearest to its bound, or furthest past it. */
    record Worst(String part, double share) {
        boolean within() {
            return share <= 1;
        }
    }

    /** Compares; the share is NaN or infinite where a number is not finite, or differs though its bound is 0. */
    static Worst compare(List<Part> found, List<Part> expected, Map<String, Double> bounds) {
        Worst worst = new Worst("none", 0);
        for (int i = 0; i < found.size(); i++) {
            String name = found.get(i).name();
            for (int j = 0; j < found.get(i).values().length; j++) {
                double off = Math.abs(found.get(i).values()[j] - expected.get(i).values()[j]);
                double share = off == 0 ? 0 : off / bounds.getOrDefault(name, 0.0);
                if (!(share <= worst.share())) {
                    worst = new Worst(name, Double.isNaN(share) ? Double.POSITIVE_INFINITY : share);
                }
            }
        }
        return worst;
    }
}
