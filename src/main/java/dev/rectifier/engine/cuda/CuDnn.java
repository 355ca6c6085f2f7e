package dev.rectifier.engine.cuda;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormShape;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import java.util.List;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * cuDNN at work on the engine's stream, for comparisons. A view is a packed tensor [1, 1, 1, elements]: element-wise operations
 * see no axes. Batch normalisation and convolutions have one call per replica.
 */
final class CuDnn implements OtherLibrary.Session {
    private final CudaContext context;
    private final CuDnnHandle handle;
    private final cudnnActivationDescriptor relu;
    private final CuDnnConvolutions convolutions;

    /** @throws DeviceException if the library cannot be loaded or does not start; nothing is left open then */
    CuDnn(CudaContext context, CudaLibraries.Library library, CuDnnRoom room) {
        this.context = context;
        this.handle = new CuDnnHandle(context, library);
        this.convolutions = new CuDnnConvolutions(handle, room);
        try {
            this.relu = handle.relu();
        } catch (DeviceException e) {
            handle.close();
            throw e;
        }
    }

    @Override
    public String description() {
        return handle.description();
    }

    @Override
    public void reluForward(View y, View x) {
        context.bind();
        cudnnTensorDescriptor packed = packed(List.of(y, x));
        Pointer one = CuDnnHandle.scalar(y.dtype(), 1);
        Pointer zero = CuDnnHandle.scalar(y.dtype(), 0);
        int status = JCudnn.cudnnActivationForward(handle.get(), relu, one, packed, at(x), zero, packed, at(y));
        handle.done(status, "cudnnActivationForward");
    }

    @Override
    public void reluBackward(View dx, View dy, View y) {
        context.bind();
        cudnnTensorDescriptor packed = packed(List.of(dx, dy, y));
        Pointer one = CuDnnHandle.scalar(y.dtype(), 1);
        Pointer zero = CuDnnHandle.scalar(y.dtype(), 0);
        int status = JCudnn.cudnnActivationBackward(
                handle.get(), relu, one, packed, at(y), packed, at(dy), packed, at(y), zero, packed, at(dx));
        handle.done(status, "cudnnActivationBackward");
    }

    @Override
    public void normForward(View y, OtherLibrary.Saved saved, View x, NormOps.Affine affine) {
        context.bind();
        cudnnTensorDescriptor block = block(x);
        cudnnTensorDescriptor channels = channels(x);
        for (int r = 0; r < x.replicas(); r++) {
            int status = JCudnn.cudnnBatchNormalizationForwardTraining(
                    handle.get(),
                    cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL,
                    CuDnnHandle.scalar(x.dtype(), 1),
                    CuDnnHandle.scalar(x.dtype(), 0),
                    block,
                    at(x, r),
                    block,
                    at(y, r),
                    channels,
                    at(affine.scale(), r),
                    at(affine.shift(), r),
                    1,
                    null,
                    null,
                    saved.eps(),
                    at(saved.mean(), r),
                    at(saved.root(), r));
            handle.done(status, "cudnnBatchNormalizationForwardTraining");
        }
    }

    @Override
    public void normBackward(View dx, NormOps.Affine gradient, View dy, View x, View scale, OtherLibrary.Saved saved) {
        context.bind();
        cudnnTensorDescriptor block = block(x);
        cudnnTensorDescriptor channels = channels(x);
        Pointer one = CuDnnHandle.scalar(x.dtype(), 1);
        Pointer zero = CuDnnHandle.scalar(x.dtype(), 0);
        for (int r = 0; r < x.replicas(); r++) {
            int status = JCudnn.cudnnBatchNormalizationBackward(
                    handle.get(),
                    cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL,
                    one,
                    zero,
                    one,
                    zero,
                    block,
                    at(x, r),
                    block,
                    at(dy, r),
                    block,
                    at(dx, r),
                    channels,
                    at(scale, r),
                    at(gradient.scale(), r),
                    at(gradient.shift(), r),
                    saved.eps(),
                    at(saved.mean(), r),
                    at(saved.root(), r));
            handle.done(status, "cudnnBatchNormalizationBackward");
        }
    }

    @Override
    public void convolution(View y, View x, View w, ConvOps.Window g) {
        convolve(CuDnnConvolutions.Kind.FORWARD, new ConvSizes(y, x, w, g));
    }

    @Override
    public void convolutionInputGradient(View dx, View dy, View w, ConvOps.Window g) {
        convolve(CuDnnConvolutions.Kind.INPUT_GRADIENT, new ConvSizes(dy, dx, w, g));
    }

    @Override
    public void convolutionWeightGradient(View dw, View dy, View x, ConvOps.Window g) {
        convolve(CuDnnConvolutions.Kind.WEIGHT_GRADIENT, new ConvSizes(dy, x, dw, g));
    }

    private void convolve(CuDnnConvolutions.Kind kind, ConvSizes sizes) {
        if (!convolutions.run(kind, sizes, Optional.empty())) {
            throw new DeviceException("cuDNN does not do this: " + convolutions.refusal(kind, sizes) + ".");
        }
    }

    /** One replica's [N, C, S, 1]. */
    private cudnnTensorDescriptor block(View x) {
        NormShape shape = NormShape.of(x);
        return handle.tensor(CuDnnHandle.Extent.of(x.dtype(), shape.examples(), shape.channels(), shape.places(), 1));
    }

    /** One replica's [1, C, 1, 1]. */
    private cudnnTensorDescriptor channels(View x) {
        return handle.tensor(CuDnnHandle.Extent.of(x.dtype(), 1, x.dim(2), 1, 1));
    }

    private Pointer at(View view, int replica) {
        return at(view.replicas(replica, 1));
    }

    private Pointer at(View view) {
        return CudaBuffer.address(view, context, 0);
    }

    /** The one tensor that all of these are. */
    private cudnnTensorDescriptor packed(List<View> views) {
        View first = views.get(0);
        for (View view : views) {
            boolean packed = view.replicas() == 1 || view.replicaStride() == view.blockSize();
            if (!packed
                    || view.dtype() != first.dtype()
                    || view.shape().size() != first.shape().size()) {
                throw new ShapeException("cuDNN is given packed views of one size and type, not " + views + ".");
            }
        }
        return handle.tensor(
                CuDnnHandle.Extent.of(first.dtype(), 1, 1, first.shape().size(), 1));
    }

    @Override
    public void close() {
        handle.close();
    }
}
