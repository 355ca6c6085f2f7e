package dev.rectifier.model;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PoolOps;
import java.util.Optional;

/** Makes layers of their specs. */
final class Layers {
    private Layers() {}

    static Layer of(Site site) {
        LayerSpec spec = site.unit().layer();
        PoolOps pool = site.engine().pool();
        if (spec instanceof LayerSpec.Linear linear) {
            return linear(site, linear);
        } else if (spec instanceof LayerSpec.BatchNorm norm) {
            return norm.takesBatch(site.kind().mode()) ? new NormLayer(site, norm) : new NormaliseLayer(site, norm);
        } else if (spec instanceof LayerSpec.Relu) {
            return new ReluLayer(site);
        } else if (spec instanceof LayerSpec.MaxPool max) {
            return new MaxPoolLayer(site, max);
        } else if (spec instanceof LayerSpec.AvgPool average) {
            PoolOps.Window window = new PoolOps.Window(average.size(), average.stride(), 0);
            return new AverageLayer(site, new AverageLayer.Windows(pool, window));
        } else if (spec instanceof LayerSpec.GlobalAvgPool) {
            return new AverageLayer(site, new AverageLayer.Planes(pool));
        } else if (spec instanceof LayerSpec.Dropout dropout) {
            return new DropoutLayer(site, dropout);
        } else if (spec instanceof LayerSpec.Residual block) {
            return new ResidualLayer(site, block);
        }
        throw new IllegalArgumentException("Layer " + site.path() + " computes nothing: " + spec + ".");
    }

    /** Parameters are taken in the order of {@link LayerSpec#parameters}. */
    private static Layer linear(Site site, LayerSpec.Linear spec) {
        Product product = product(site.engine(), spec);
        if (spec instanceof LayerSpec.WeightNormed) {
            Optional<Integer> bias = bias(site, spec);
            return new LinearLayer(site, product, new NormalisedWeights(site, spec.weight(site.input())), bias);
        }
        Weights weights = new Weights.Plain(site.slots().parameter());
        return new LinearLayer(site, product, weights, bias(site, spec));
    }

    private static Optional<Integer> bias(Site site, LayerSpec.Linear spec) {
        return spec.bias() ? Optional.of(site.slots().parameter()) : Optional.empty();
    }

    private static Product product(Engine engine, LayerSpec.Linear spec) {
        if (spec instanceof LayerSpec.WeightNormed normed) {
            return product(engine, normed.layer());
        }
        if (spec instanceof LayerSpec.Conv conv) {
            return new Product.Conv(engine.conv(), new ConvOps.Window(conv.stride(), conv.padding()));
        }
        return new Product.Dense(engine.dense());
    }
}
