package dev.rectifier.study.bnbias;

import dev.rectifier.model.LayerViews;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterLayout.Kind;
import dev.rectifier.probe.Metrics;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Writes, per BatchNorm layer X and replica, {@code share/X} (of shifts at most 0) and {@code active/X} (mean probability that
 * the ReLU behind it is active), and after the last step every channel c: {@code shift/X/c} and {@code scale/X/c}. Downloads the
 * layers' scales and shifts.
 */
final class NormProbe implements Listener {
    static final String SHARE = "share/";
    static final String ACTIVE = "active/";
    static final String SHIFT = "shift/";
    static final String SCALE = "scale/";

    private final Metrics metrics;

    NormProbe(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public boolean looksBack() {
        return true;
    }

    @Override
    public void observe(TrainState state) {
        LayerViews parameters = state.parameters();
        List<ParameterLayout.Slot> slots = parameters.layout().slots();
        for (int i = 1; i < slots.size(); i++) {
            if (slots.get(i).kind() == Kind.SHIFT) { // its scale stands before it
                String name = slots.get(i).name();
                String layer = name.substring(0, name.lastIndexOf('.'));
                write(
                        state,
                        layer,
                        parameters.part(i - 1).download(),
                        parameters.part(i).download());
            }
        }
    }

    private void write(TrainState state, String layer, HostTensor scales, HostTensor shifts) {
        List<NormLayer> replicas = new ArrayList<>();
        for (int r = 0; r < state.replicas(); r++) {
            replicas.add(new NormLayer(layer, row(scales, r), row(shifts, r)));
        }
        long step = state.step();
        metrics.append(step, SHARE + layer, each(replicas, NormLayer::share));
        metrics.append(step, ACTIVE + layer, each(replicas, NormLayer::activeProbability));
        for (int c = 0; step == state.steps() && c < replicas.get(0).channels(); c++) {
            int channel = c;
            metrics.append(
                    step, SHIFT + layer + "/" + c, each(replicas, l -> l.bias().get(channel)));
            metrics.append(
                    step, SCALE + layer + "/" + c, each(replicas, l -> l.scale().get(channel)));
        }
    }

    private static double[] each(List<NormLayer> replicas, ToDoubleFunction<NormLayer> value) {
        return replicas.stream().mapToDouble(value).toArray();
    }

    private static List<Double> row(HostTensor values, int r) {
        int channels = Math.toIntExact(values.shape().dim(1));
        Double[] row = new Double[channels];
        Arrays.setAll(row, c -> values.get(r * channels + c));
        return List.of(row);
    }
}
