package dev.rectifier.train;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the learning rate is multiplied by at each step; a value, the same for all replicas. */
public sealed interface Schedule {
    /** 1 at every step. */
    Schedule CONSTANT = new Constant();

    /** The factor at {@code step}, counted from 0. */
    double factor(long step);

    /** Always 1. */
    record Constant() implements Schedule {
        @Override
        public double factor(long step) {
            return 1;
        }
    }

    /**
     * Piecewise constant: the factor of the last key at or before the step, 1 before the first key.
     *
     * @param factors first step to factor
     */
    record Steps(SortedMap<Long, Double> factors) implements Schedule {
        public Steps {
            factors = Collections.unmodifiableSortedMap(new TreeMap<>(factors));
            for (Map.Entry<Long, Double> entry : factors.entrySet()) {
                requireNatural("step", entry.getKey());
                requireFactor(entry.getValue());
            }
        }

        /** Rates by epoch, as PyTorch studies state them, relative to {@code base}. */
        public static Steps ofEpochs(Map<Integer, Double> rates, double base, long stepsPerEpoch) {
            SortedMap<Long, Double> factors = new TreeMap<>();
            rates.forEach(
                    (epoch, rate) -> factors.put(Math.multiplyExact(epoch.longValue(), stepsPerEpoch), rate / base));
            return new Steps(factors);
        }

        @Override
        public double factor(long step) {
            double factor = 1;
            for (Map.Entry<Long, Double> entry : factors.entrySet()) {
                if (entry.getKey() > step) {
                    break;
                }
                factor = entry.getValue();
            }
            return factor;
        }
    }

    /**
     * Half a cosine from 1 at step 0 to {@code floor} at {@code steps}, then {@code floor}: floor + (1 - floor) (1 + cos(pi
     * step / steps)) / 2. Loshchilov and Hutter 2017, without restarts.
     */
    record Cosine(long steps, double floor) implements Schedule {
        public Cosine {
            requirePositive("steps", steps);
            requireFactor(floor);
        }

        @Override
        public double factor(long step) {
            double share = Math.min(1, (double) step / steps);
            return floor + (1 - floor) * 0.5 * (1 + StrictMath.cos(Math.PI * share));
        }
    }

    /**
     * Linear rise: (step + 1) / steps during the first {@code steps}, times what {@code then} says; afterwards that alone.
     * The step {@code then} sees is not shifted.
     */
    record WarmUp(long steps, Schedule then) implements Schedule {
        public WarmUp {
            requirePositive("steps", steps);
        }

        @Override
        public double factor(long step) {
            double rise = step < steps ? (step + 1.0) / steps : 1;
            return rise * then.factor(step);
        }
    }

    private static void requireNatural(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("Schedule " + name + " must not be negative, but is " + value + ".");
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("Schedule " + name + " must be at least 1, not " + value + ".");
        }
    }

    private static void requireFactor(double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "A schedule's factor must be a finite number that is not negative, not " + value + ".");
        }
    }
}
