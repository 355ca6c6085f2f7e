package dev.rectifier.train;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.NetworkSpec;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.model.Role;
import java.util.ArrayList;
import java.util.List;

/** Learning rates per layer of a parametrisation, applied to the gradient; nothing in the standard one. */
record RateScaling(List<Part> parts) {
    /** One weight or bias gradient and what it is multiplied by. */
    private record Part(View gradient, double factor) {}

    /** Adam does not feel the scale of a gradient, so it gets none. */
    static RateScaling of(NetworkSpec student, UpdateRule rule, LayerViews gradient) {
        return student instanceof MlpSpec spec ? of(spec, rule, gradient) : new RateScaling(List.of());
    }

    private static RateScaling of(MlpSpec spec, UpdateRule rule, LayerViews gradient) {
        List<Part> parts = new ArrayList<>();
        Parametrisation parametrisation = spec.parametrisation();
        for (int l = 0; rule != UpdateRule.ADAM && l < spec.layers(); l++) {
            Role role = spec.role(l);
            add(parts, gradient.weight(l), parametrisation.weightRate(role, spec.fanIn(l), spec.fanOut(l)));
            if (spec.bias()) {
                add(parts, gradient.bias(l), parametrisation.biasRate(role, spec.fanOut(l)));
            }
        }
        return new RateScaling(List.copyOf(parts));
    }

    private static void add(List<Part> parts, View gradient, double factor) {
        if (factor != 1) {
            parts.add(new Part(gradient, factor));
        }
    }

    void apply(PointwiseOps pointwise) {
        for (int i = 0; i < parts.size(); i++) {
            pointwise.scale(parts.get(i).gradient(), parts.get(i).factor());
        }
    }
}
