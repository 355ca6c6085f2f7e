package dev.rectifier.model;

import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.tensor.Shape;

/**
 * What a normalisation reads and writes per channel.
 *
 * @param scaling scale and shift, their gradient, their direction
 * @param mean slot of the running mean in the state; the running variance is the next one
 */
record NormParts(BatchNorm spec, Scaling scaling, int mean) {
    static NormParts of(Site site, BatchNorm spec) {
        Scaling scaling = spec.affine()
                ? new Learned(site.slots().parameter(), site.slots().parameter())
                : Fixed.of(site.space(), Shape.of(site.input().dim(0)));
        NormParts parts = new NormParts(spec, scaling, site.slots().state());
        site.slots().state();
        return parts;
    }

    Moments running(LayerViews state) {
        return new Moments(state.part(mean), state.part(mean + 1));
    }

    /** Where scale and shift come from. */
    sealed interface Scaling {
        Affine at(NetworkValues at);

        Affine gradient(LayerViews gradient);

        Affine direction(LayerViews direction);
    }

    /** Parameters. */
    record Learned(int scale, int shift) implements Scaling {
        private Affine of(LayerViews views) {
            return new Affine(views.part(scale), views.part(shift));
        }

        @Override
        public Affine at(NetworkValues at) {
            return of(at.parameters());
        }

        @Override
        public Affine gradient(LayerViews gradient) {
            return of(gradient);
        }

        @Override
        public Affine direction(LayerViews direction) {
            return of(direction);
        }
    }

    /** 1 and 0, which do not move; their gradient is written and forgotten. */
    record Fixed(Affine values, Affine still, Affine forgotten) implements Scaling {
        static Fixed of(Space space, Shape channels) {
            View zero = space.constant(0, channels);
            Affine forgotten = new Affine(
                    space.block("gradient of constants", channels), space.block("gradient of constants", channels));
            return new Fixed(new Affine(space.constant(1, channels), zero), new Affine(zero, zero), forgotten);
        }

        @Override
        public Affine at(NetworkValues at) {
            return values;
        }

        @Override
        public Affine gradient(LayerViews gradient) {
            return forgotten;
        }

        @Override
        public Affine direction(LayerViews direction) {
            return still;
        }
    }
}
