package dev.rectifier.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How the weights and biases of a layer are drawn; named constants stand in {@link InitSchemes}. A value: its
 * {@code toString} is its canonical text.
 */
public sealed interface InitScheme {
    /** Fills one layer of one replica. */
    void fill(LayerBlock layer, Draws draws);

    /** Whether the weights' scale is a power of the widths, so that a {@link Parametrisation} may change that power. */
    default boolean scalesWithWidth() {
        return true;
    }

    /** Shape of the distribution of one entry. */
    enum Distribution {
        NORMAL,
        /** On [-sqrt(3 variance), sqrt(3 variance)). */
        UNIFORM
    }

    /** Which width divides the variance. */
    enum Fan {
        IN,
        OUT,
        /** (in + out) / 2. */
        AVERAGE;

        double of(LayerBlock layer) {
            return switch (this) {
                case IN -> layer.fanIn();
                case OUT -> layer.reach();
                case AVERAGE -> 0.5 * (layer.fanIn() + layer.reach());
            };
        }
    }

    /**
     * Independent entries of mean 0 and variance gain / fan; biases 0.
     *
     * @param gain 2 for He, 1 for LeCun and Xavier
     */
    record VarianceScaling(double gain, Fan fan, Distribution distribution) implements InitScheme {
        public VarianceScaling {
            requireScale("gain", gain);
        }

        @Override
        public void fill(LayerBlock layer, Draws draws) {
            double deviation = Math.sqrt(gain / fan.of(layer));
            switch (distribution) {
                case NORMAL -> draws.normal("weight", layer.weight(), deviation);
                case UNIFORM -> draws.symmetric("weight", layer.weight(), Math.sqrt(3) * deviation);
            }
        }
    }

    /**
     * PyTorch's {@code Linear}: weights and biases uniform on [-1/sqrt(fan-in), 1/sqrt(fan-in)), so the weights' variance is
     * 1 / (3 fan-in).
     */
    record TorchDefault() implements InitScheme {
        @Override
        public void fill(LayerBlock layer, Draws draws) {
            double bound = 1 / Math.sqrt(layer.fanIn());
            draws.symmetric("weight", layer.weight(), bound);
            draws.symmetric("bias", layer.bias(), bound);
        }
    }

    /**
     * gain Q, Q uniform (Haar) among matrices with orthonormal rows, or columns where there are more units than inputs;
     * biases 0. Source: Saxe, McClelland, Ganguli 2014.
     */
    record Orthogonal(double gain) implements InitScheme {
        public Orthogonal {
            requireScale("gain", gain);
        }

        @Override
        public void fill(LayerBlock layer, Draws draws) {
            draws.normal("weight", layer.weight(), 1);
            Orthonormal.rowsOrColumns(layer, gain);
        }

        @Override
        public boolean scalesWithWidth() {
            return false;
        }
    }

    /** Independent normal entries: weights and biases of these standard deviations, whatever the widths. */
    record Gaussian(double weightDeviation, double biasDeviation) implements InitScheme {
        public Gaussian {
            requireScale("weightDeviation", weightDeviation);
            requireScale("biasDeviation", biasDeviation);
        }

        @Override
        public void fill(LayerBlock layer, Draws draws) {
            draws.normal("weight", layer.weight(), weightDeviation);
            draws.normal("bias", layer.bias(), biasDeviation);
        }

        @Override
        public boolean scalesWithWidth() {
            return false;
        }
    }

    /** Independent entries uniform on [-bound, bound), whatever the widths. */
    record Uniform(double weightBound, double biasBound) implements InitScheme {
        public Uniform {
            requireScale("weightBound", weightBound);
            requireScale("biasBound", biasBound);
        }

        @Override
        public void fill(LayerBlock layer, Draws draws) {
            draws.symmetric("weight", layer.weight(), weightBound);
            draws.symmetric("bias", layer.bias(), biasBound);
        }

        @Override
        public boolean scalesWithWidth() {
            return false;
        }
    }

    /**
     * Weight entries uniform among a few values; a row of zeros or equal to an earlier row of the layer is drawn again. Biases
     * uniform on [biasLow, biasHigh), or all equal where the two are.
     *
     * <p>Source: the «separated» teachers of Tian, Jiang, Gong, Morcos 2019 (without their normalisation, see
     * {@link RowNormalised}).
     */
    record Separated(List<Double> values, double biasLow, double biasHigh) implements InitScheme {
        private static final int ATTEMPTS_PER_ROW = 100_000;

        public Separated {
            values = List.copyOf(values);
            if (Set.copyOf(values).size() != values.size() || values.isEmpty()) {
                throw new IllegalArgumentException(
                        "Separated init needs distinct values, at least one, not " + values + ".");
            }
            if (!(biasLow <= biasHigh)) {
                throw new IllegalArgumentException(
                        "Separated init needs biasLow <= biasHigh, not " + biasLow + " and " + biasHigh + ".");
            }
        }

        @Override
        public void fill(LayerBlock layer, Draws draws) {
            requireEnoughRows(layer);
            Set<List<Integer>> earlier = new HashSet<>();
            for (int row = 0; row < layer.fanOut(); row++) {
                fillRow(layer, row, draws, earlier);
            }
            draws.uniform("bias", layer.bias(), biasLow, biasHigh);
        }

        private void requireEnoughRows(LayerBlock layer) {
            double rows = StrictMath.pow(values.size(), layer.fanIn()) - (values.contains(0.0) ? 1 : 0);
            if (rows < layer.fanOut()) {
                throw new IllegalArgumentException("Separated init cannot give " + layer.fanOut()
                        + " different non-zero rows: " + values.size() + " values on " + layer.fanIn()
                        + " inputs make only "
                        + (long) rows + ". Use more values, more inputs or fewer units.");
            }
        }

        private void fillRow(LayerBlock layer, int row, Draws draws, Set<List<Integer>> earlier) {
            for (long attempt = 0; attempt < ATTEMPTS_PER_ROW; attempt++) {
                List<Integer> drawn =
                        draws.choices("weight", attempt * layer.fanOut() + row, layer.fanIn(), values.size());
                if (drawn.stream().anyMatch(i -> values.get(i) != 0) && earlier.add(drawn)) {
                    for (int d = 0; d < layer.fanIn(); d++) {
                        layer.weight()[row * layer.fanIn() + d] = values.get(drawn.get(d));
                    }
                    return;
                }
            }
            throw new IllegalArgumentException("Separated init drew row " + row + " " + ATTEMPTS_PER_ROW
                    + " times without finding a new one: nearly all rows of these values are taken. Use more values.");
        }

        @Override
        public boolean scalesWithWidth() {
            return false;
        }
    }

    /** Another init, each row (with or without its bias) then divided by a norm. */
    record RowNormalised(InitScheme base, RowNorm norm) implements InitScheme {
        @Override
        public void fill(LayerBlock layer, Draws draws) {
            base.fill(layer, draws);
            for (int row = 0; row < layer.fanOut(); row++) {
                norm.apply(layer, row);
            }
        }

        @Override
        public boolean scalesWithWidth() {
            return false;
        }
    }

    private static void requireScale(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    "Init " + name + " must be a finite number that is not negative, not " + value + ".");
        }
    }
}
