package dev.rectifier.model;

import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What is computed as one: a layer, with the ReLU that follows it. Flattening is no unit, for blocks are dense (the next unit
 * just sees other extents), nor is dropout in evaluation.
 *
 * @param layerName of the layer
 * @param name of what comes last: the ReLU, where there is one
 * @param layer what comes first; a {@link LayerSpec.Relu} alone is a layer with nothing before its gate
 * @param relu whether a ReLU follows, or is all there is
 * @param gatedByNext whether the next unit gates signals for this one
 * @param input extents
 */
record Unit(String layerName, String name, LayerSpec layer, boolean relu, boolean gatedByNext, Shape input) {
    /** Extents of its output; ReLU keeps them. */
    Shape output() {
        return layer.output(input);
    }

    /** The units of a list of layers. */
    static List<Unit> plan(List<NamedLayer> layers, Shape input, Mode mode) {
        List<Unit> units = new ArrayList<>();
        Shape now = input;
        for (int i = 0; i < layers.size(); i++) {
            LayerSpec layer = layers.get(i).layer();
            Shape from = now;
            now = layer.output(now);
            if (layer instanceof LayerSpec.Flatten || (layer instanceof LayerSpec.Dropout && mode == Mode.EVALUATION)) {
                continue;
            }
            boolean alone = layer instanceof LayerSpec.Relu;
            String name = layers.get(i).name();
            boolean followed = takesRelu(layer)
                    && i + 1 < layers.size()
                    && layers.get(i + 1).layer() instanceof LayerSpec.Relu;
            i += followed ? 1 : 0;
            add(units, new Unit(name, layers.get(i).name(), layer, alone || followed, false, from));
        }
        return units;
    }

    /** Appends, and lets a product gate the signals of what it stands on. */
    private static void add(List<Unit> units, Unit unit) {
        int last = units.size() - 1;
        if (last >= 0 && units.get(last).relu() && unit.layer() instanceof LayerSpec.Linear) {
            units.set(last, units.get(last).gatedByTheNext());
        }
        units.add(unit);
    }

    private static boolean takesRelu(LayerSpec layer) {
        return layer instanceof LayerSpec.Linear
                || layer instanceof LayerSpec.BatchNorm
                || layer instanceof LayerSpec.Residual;
    }

    private Unit gatedByTheNext() {
        return new Unit(layerName, name, layer, relu, true, input);
    }
}
