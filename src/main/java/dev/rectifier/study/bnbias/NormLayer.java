package dev.rectifier.study.bnbias;

import dev.rectifier.stats.Normal;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The affine part of one BatchNorm layer with C channels: y = scale xhat + bias.
 *
 * @param name as in a state_dict, without the last part: {@code features.1}
 * @param scale gamma [C]
 * @param bias beta [C]
 */
public record NormLayer(String name, List<Double> scale, List<Double> bias) {
    private static final String MEAN = ".running_mean";

    public NormLayer {
        scale = List.copyOf(scale);
        bias = List.copyOf(bias);
        if (bias.isEmpty() || scale.size() != bias.size()) {
            throw new IllegalArgumentException("BatchNorm layer '" + name + "' has " + scale.size() + " scales and "
                    + bias.size() + " biases; it needs at least one of each and equally many.");
        }
    }

    /**
     * The BatchNorm layers of a state_dict in the order of the network: every X with X.running_mean, X.weight and X.bias. Names
     * are ordered part by part, numbers by value, which for PyTorch's models is the order of the modules.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static List<NormLayer> of(Map<String, HostTensor> state) {
        List<NormLayer> layers = state.keySet().stream()
                .filter(name -> name.endsWith(MEAN))
                .map(name -> name.substring(0, name.length() - MEAN.length()))
                .sorted(ModuleOrder.INSTANCE)
                .flatMap(name -> layer(name, state).stream())
                .toList();
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("There is no BatchNorm layer with a bias:"
                    + " a layer X is known by X.running_mean, X.weight and X.bias, the names of a PyTorch state_dict.");
        }
        return layers;
    }

    /** The names of what {@link #of} needs of a state_dict with these shapes: a small part of most networks. */
    public static Set<String> needed(Map<String, Shape> shapes) {
        return shapes.keySet().stream()
                .filter(name -> name.endsWith(MEAN))
                .map(name -> name.substring(0, name.length() - MEAN.length()))
                .flatMap(layer -> Stream.of(layer + MEAN, layer + ".weight", layer + ".bias"))
                .filter(name -> shapes.getOrDefault(name, Shape.of(0, 0)).rank() == 1)
                .collect(Collectors.toSet());
    }

    private static Optional<NormLayer> layer(String name, Map<String, HostTensor> state) {
        return vector(state, name + ".weight")
                .flatMap(scale -> vector(state, name + ".bias").map(bias -> new NormLayer(name, scale, bias)));
    }

    private static Optional<List<Double>> vector(Map<String, HostTensor> state, String name) {
        return Optional.ofNullable(state.get(name))
                .filter(tensor -> tensor.shape().rank() == 1)
                .map(tensor -> {
                    List<Double> values = new ArrayList<>(tensor.length());
                    for (int i = 0; i < tensor.length(); i++) {
                        values.add(tensor.get(i));
                    }
                    return values;
                });
    }

    /** C. */
    public int channels() {
        return bias.size();
    }

    /** Channels whose bias is at most zero; NaN is not. */
    public int atMostZero() {
        return (int) bias.stream().filter(b -> b <= 0).count();
    }

    /** Their share of all channels. */
    public double share() {
        return (double) atMostZero() / channels();
    }

    /**
     * Mean over the channels of the probability that the ReLU behind the layer is active, if xhat is standard normal:
     * Phi(bias / |scale|); a channel of scale 0 is always active or never.
     */
    public double activeProbability() {
        double sum = 0;
        for (int c = 0; c < channels(); c++) {
            sum += active(scale.get(c), bias.get(c));
        }
        return sum / channels();
    }

    private static double active(double gamma, double beta) {
        if (gamma == 0) {
            return beta > 0 ? 1 : 0;
        }
        return Normal.cdf(beta / Math.abs(gamma));
    }
}
