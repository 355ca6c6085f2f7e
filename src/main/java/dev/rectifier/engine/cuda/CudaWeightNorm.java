package dev.rectifier.engine.cuda;

import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps;

/** Launches of {@code weight_norm.cu}. */
final class CudaWeightNorm implements WeightNormOps {
    private final Kernels kernels;

    CudaWeightNorm(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void forward(View w, View norm, Factors factors) {
        run(
                begin(KernelTable.WEIGHT_NORM_FORWARD, w)
                        .view(w)
                        .view(norm)
                        .view(factors.v())
                        .view(factors.g()),
                w);
    }

    @Override
    public void backward(Factors gradient, View dw, Factors factors, View norm) {
        Launch launch = begin(KernelTable.WEIGHT_NORM_BACKWARD, dw)
                .view(gradient.v())
                .view(gradient.g())
                .view(dw)
                .view(factors.v())
                .view(factors.g())
                .view(norm);
        run(launch, dw);
    }

    @Override
    public void tangent(View tw, Factors factors, View norm, Factors direction) {
        Launch launch = begin(KernelTable.WEIGHT_NORM_TANGENT, tw)
                .view(tw)
                .view(factors.v())
                .view(factors.g())
                .view(norm)
                .view(direction.v())
                .view(direction.g());
        run(launch, tw);
    }

    @Override
    public void backwardTangent(Factors tGradient, Signal signal, Factors factors, View norm, Factors direction) {
        Launch launch = begin(KernelTable.WEIGHT_NORM_BACKWARD_TANGENT, signal.dw())
                .view(tGradient.v())
                .view(tGradient.g())
                .view(signal.dw())
                .view(signal.tdw())
                .view(factors.v())
                .view(factors.g())
                .view(norm)
                .view(direction.v())
                .view(direction.g());
        run(launch, signal.dw());
    }

    private Launch begin(KernelTable kernel, View model) {
        return kernels.launch(kernel, model.dtype());
    }

    /** One warp for each row. */
    private static void run(Launch launch, View model) {
        long rows = model.dim(1);
        launch.size(model.replicas())
                .size(rows)
                .size(rows == 0 ? 0 : model.blockSize() / rows)
                .run(Grid.groups(model.replicas() * rows, Grid.WARP));
    }
}
