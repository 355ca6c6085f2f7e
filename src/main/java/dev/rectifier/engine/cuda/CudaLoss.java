package dev.rectifier.engine.cuda;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Launches of {@code loss.cu} and {@code loss_tangent.cu}. */
final class CudaLoss implements LossOps {
    private final Kernels kernels;
    private final CudaReduce.Partials partials;

    CudaLoss(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.partials = new CudaReduce.Partials(kernels, scratch);
    }

    @Override
    public void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale) {
        launch(new Request(kind, Optional.of(gradient), outputs, targets, scale), value);
    }

    @Override
    public void value(LossKind kind, View value, View outputs, View targets, double scale) {
        launch(new Request(kind, Optional.empty(), outputs, targets, scale), value);
    }

    @Override
    public void tangent(LossKind kind, View product, View outputs, View targets, View along, double scale) {
        if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
            examples(
                    kernels.launch(KernelTable.LOSS_TANGENT_CROSS_ENTROPY, product.dtype())
                            .view(product)
                            .view(outputs)
                            .view(targets)
                            .view(along),
                    product,
                    scale);
            return;
        }
        Grid grid = Grid.rows(product.replicas(), product.blockSize(), 1);
        kernels.launch(KernelTable.LOSS_TANGENT_ELEMENTWISE, product.dtype())
                .view(product)
                .view(outputs)
                .view(targets)
                .view(along)
                .size(product.replicas())
                .size(product.blockSize())
                .integer(grid.chunks())
                .integer(code(kind))
                .number(scale)
                .run(grid);
    }

    @Override
    public void outer(View product, View gradient, View along, double factor) {
        Launch launch = kernels.launch(KernelTable.LOSS_OUTER, product.dtype())
                .view(product)
                .view(gradient)
                .view(along);
        examples(launch, product, factor);
    }

    /** A group of lanes per example. */
    private static void examples(Launch launch, View product, double factor) {
        launch.size(product.replicas())
                .size(product.dim(1))
                .size(product.dim(2))
                .number(factor)
                .run(Grid.groups(product.replicas() * product.dim(1), Grid.group(product.dim(2))));
    }

    private record Request(LossKind kind, Optional<View> gradient, View outputs, View targets, double scale) {
        /** Arrays after the value, which both kernels take alike. */
        Launch arrays(Launch launch) {
            return launch.view(gradient).view(outputs).view(targets).size(outputs.replicas());
        }
    }

    private void launch(Request request, View value) {
        if (request.kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
            crossEntropy(request, value);
        } else {
            elementwise(request, value);
        }
    }

    private void elementwise(Request request, View value) {
        View outputs = request.outputs;
        Grid grid = Grid.reduction(outputs.replicas(), outputs.blockSize(), 1);
        partials.run(
                value,
                grid,
                request.scale,
                stage -> request.arrays(kernels.launch(KernelTable.LOSS_ELEMENTWISE, outputs.dtype())
                                .view(stage))
                        .size(outputs.blockSize())
                        .size(grid.chunkSize())
                        .integer(grid.chunks())
                        .integer(code(request.kind))
                        .number(request.scale)
                        .number(grid.chunks() == 1 ? request.scale : 1)
                        .run(grid));
    }

    private void crossEntropy(Request request, View value) {
        View outputs = request.outputs;
        int group = Grid.group(outputs.dim(2));
        Grid grid = Grid.reduction(outputs.replicas(), outputs.dim(1) * group, group);
        partials.run(
                value,
                grid,
                request.scale,
                stage -> request.arrays(kernels.launch(KernelTable.LOSS_CROSS_ENTROPY, outputs.dtype())
                                .view(stage))
                        .size(outputs.dim(1))
                        .size(outputs.dim(2))
                        .size(grid.chunkSize() / group)
                        .integer(grid.chunks())
                        .integer(group)
                        .number(request.scale)
                        .number(grid.chunks() == 1 ? request.scale : 1)
                        .run(grid));
    }

    /** The number by which {@code loss.cu} knows an elementwise loss. */
    private static int code(LossKind kind) {
        return switch (kind) {
            case SQUARED -> 0;
            case LOGISTIC -> 1;
            case HINGE -> 2;
            case SOFTMAX_CROSS_ENTROPY -> throw new IllegalArgumentException("Cross-entropy has a kernel of its own.");
        };
    }
}
