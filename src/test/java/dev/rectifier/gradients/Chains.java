package dev.rectifier.gradients;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.LayerSpec.AvgPool;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.GlobalAvgPool;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.model.LayerSpec.WeightNormed;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Chains that have every kind of layer, first, last and in between. */
final class Chains {
    private Chains() {}

    static ChainSpec perceptron() {
        return ChainSpec.of(
                Shape.of(4), new Dense(5), new BatchNorm(), new Relu(), new Dense(4), new Relu(), new Dense(3));
    }

    static ChainSpec images() {
        return ChainSpec.of(
                Shape.of(2, 7, 6),
                new Conv(3, 3, 1, 1, true),
                new Relu(),
                new MaxPool(3, 2, 1),
                new Conv(2, 2, 2, 0, false),
                new BatchNorm(1e-3, 0.2, false),
                new Relu(),
                new Flatten(),
                new Dense(3));
    }

    static ChainSpec residual() {
        LayerSpec identity = Residual.of(
                List.of(new Conv(3, 3, 1, 1, false), new BatchNorm(), new Relu(), new Conv(3, 3, 1, 1, false)),
                List.of());
        LayerSpec projection = Residual.of(
                List.of(new Relu(), new Conv(4, 3, 2, 1, true), new Relu()),
                List.of(new Conv(4, 1, 2, 0, false), new BatchNorm()));
        return ChainSpec.of(
                Shape.of(1, 5, 5),
                new Conv(3, 3, 1, 1, false),
                identity,
                new Relu(),
                projection,
                new Relu(),
                new AvgPool(2, 1),
                new GlobalAvgPool(),
                new Flatten(),
                new Dense(2));
    }

    /** Layers on inputs that no parameter moves. */
    static ChainSpec still() {
        LayerSpec fork = Residual.of(List.of(new Conv(2, 3, 1, 1, true)), List.of(new AvgPool(1)));
        return ChainSpec.of(
                Shape.of(2, 6, 4),
                new MaxPool(2),
                fork,
                new BatchNorm(),
                new Relu(),
                new WeightNormed(new Conv(3, 2, 1, 0, true)),
                new Relu(),
                new Flatten(),
                new WeightNormed(new Dense(3, false)));
    }

    static ChainSpec normFirst() {
        return ChainSpec.of(Shape.of(4), new BatchNorm(), new Dense(3), new Relu(), new Dense(2));
    }

    /** BatchNorms in a mode of their own beside one as the pass says, dense and over planes, with ReLU and without. */
    static ChainSpec fixedModes() {
        LayerSpec block = Residual.of(
                List.of(
                        new BatchNorm().always(Mode.EVALUATION),
                        new Conv(3, 3, 1, 1, false),
                        new BatchNorm(1e-3, 0.2, false).always(Mode.TRAINING)),
                List.of());
        return ChainSpec.of(
                Shape.of(2, 4, 3),
                new Conv(3, 3, 1, 1, true),
                new BatchNorm().always(Mode.TRAINING),
                new Relu(),
                block,
                new Flatten(),
                new BatchNorm().always(Mode.EVALUATION),
                new Relu(),
                new Dense(4),
                new BatchNorm(),
                new Relu(),
                new Dense(4),
                new BatchNorm().always(Mode.TRAINING),
                new Dense(2));
    }

    /** Half of everything dropped, before, between and behind layers that have parameters. */
    static ChainSpec dropped() {
        return ChainSpec.of(
                Shape.of(1, 5, 4),
                new Dropout(0.5),
                new Conv(3, 3, 1, 1, true),
                new BatchNorm(),
                new Dropout(0.5),
                new Relu(),
                new Flatten(),
                new Dropout(0.25),
                new Dense(4),
                new Relu(),
                new Dropout(0.5),
                new Dense(3));
    }

    /** The same with dropout that keeps everything around each ReLU. */
    static ChainSpec apart(ChainSpec spec) {
        return new ChainSpec(spec.input(), apart(spec.layers()));
    }

    private static List<NamedLayer> apart(List<NamedLayer> layers) {
        List<NamedLayer> all = new ArrayList<>();
        for (NamedLayer named : layers) {
            boolean relu = named.layer() instanceof Relu;
            if (relu) {
                all.add(new NamedLayer(named.name() + ".before", new Dropout(0)));
            }
            all.add(new NamedLayer(named.name(), apart(named.layer())));
            if (relu) {
                all.add(new NamedLayer(named.name() + ".after", new Dropout(0)));
            }
        }
        return all;
    }

    private static LayerSpec apart(LayerSpec layer) {
        return layer instanceof Residual block ? new Residual(apart(block.body()), apart(block.shortcut())) : layer;
    }

    static Stream<ChainPoint> points() {
        return Stream.of(Mode.values())
                .flatMap(mode -> Stream.of(
                        ChainPoint.draw("perceptron", perceptron(), mode),
                        ChainPoint.draw("images", images(), mode),
                        ChainPoint.draw("residual", residual(), mode),
                        ChainPoint.draw("still", still(), mode),
                        ChainPoint.draw("norm first", normFirst(), mode),
                        ChainPoint.draw("fixed modes", fixedModes(), mode)));
    }
}
