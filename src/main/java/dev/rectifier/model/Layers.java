package dev.rectifier.model;

import java.util.Optional;

/** Makes layers of their specs. */
final class Layers {
    private Layers() {}

    static Layer of(Site site) {
        LayerSpec spec = site.unit().layer();
        if (spec instanceof LayerSpec.Dense dense) {
            return linear(site, new Product.Dense(site.engine().dense()), dense.bias());
        }
        if (spec instanceof LayerSpec.Relu) {
            return new ReluLayer(site);
        }
        if (spec instanceof LayerSpec.Residual block) {
            return new ResidualLayer(site, block);
        }
        throw new IllegalArgumentException("Layer " + site.path() + ": this version computes no "
                + spec.getClass().getSimpleName() + " layers.");
    }

    private static Layer linear(Site site, Product product, boolean bias) {
        Weights weights = new Weights.Plain(site.slots().parameter());
        Optional<Integer> shift = bias ? Optional.of(site.slots().parameter()) : Optional.empty();
        return new LinearLayer(site, product, weights, shift);
    }
}
