package dev.rectifier.model;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** Means of windows or of whole planes: linear, so tangents are made as values are. */
final class AverageLayer implements Layer {
    private final Mean mean;
    private final View y;
    private final Optional<View> dx;
    private final Optional<View> ty;
    private final Optional<View> tdx;

    AverageLayer(Site site, Mean mean) {
        this.mean = mean;
        y = site.activation();
        dx = site.signal();
        ty = site.tangent();
        tdx = site.tangentOfSignal();
    }

    /** A mean and its adjoint. */
    interface Mean {
        void forward(View y, View x);

        void backward(View dx, View dy);
    }

    /** Of windows. */
    record Windows(PoolOps pool, PoolOps.Window window) implements Mean {
        @Override
        public void forward(View y, View x) {
            pool.average(y, x, window);
        }

        @Override
        public void backward(View dx, View dy) {
            pool.averageBackward(dx, dy, window);
        }
    }

    /** Of planes. */
    record Planes(PoolOps pool) implements Mean {
        @Override
        public void forward(View y, View x) {
            pool.globalAverage(perPlane(y), x);
        }

        @Override
        public void backward(View dx, View dy) {
            pool.globalAverageBackward(dx, perPlane(dy));
        }

        private static View perPlane(View y) {
            return y.reshape(Shape.of(y.dim(1), y.dim(2)));
        }
    }

    @Override
    public View output() {
        return y;
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        mean.forward(y, x);
    }

    private View back(View out, View dy) {
        mean.backward(out, dy);
        return out;
    }

    @Override
    public View backward(NetworkValues at, View x, View dy, LayerViews gradient) {
        return back(dx.orElseThrow(), dy);
    }

    @Override
    public View tangent(NetworkValues at, LayerViews direction, View x, View tx) {
        View out = ty.orElseThrow();
        mean.forward(out, tx);
        return out;
    }

    @Override
    public View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient) {
        return back(tdx.orElseThrow(), duals.tdy());
    }
}
