package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormShape;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * cuDNN at work on the engine's stream, for comparisons. A view is a packed tensor [1, 1, 1, elements]: element-wise operations
 * see no axes. Batch normalisation has one call per replica, [N, C, S, 1]. Status codes are told by the library itself, since cuDNN 9 renumbered those that JCudnn's names were made for.
 */
final class CuDnn implements OtherLibrary.Session {
    private static final Logger LOG = LoggerFactory.getLogger(CuDnn.class);
    private static final int SUCCESS = 0;

    private final CudaContext context;
    private final CudaLibraries.Library library;
    private final cudnnHandle handle = new cudnnHandle();
    private final cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
    private final Map<Extent, cudnnTensorDescriptor> tensors = new HashMap<>();
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** A packed tensor: its type, and N C H 1. */
    private record Extent(DType type, int examples, int channels, int places) {}

    /** @throws DeviceException if the library cannot be loaded or does not start; nothing is left open then */
    CuDnn(CudaContext context, CudaLibraries.Library library) {
        this.context = context;
        this.library = library;
        context.bind();
        library.load();
        try {
            create();
        } catch (DeviceException e) {
            close();
            throw e;
        }
    }

    private void create() {
        made(JCudnn.cudnnCreate(handle), "cudnnCreate", () -> JCudnn.cudnnDestroy(handle), "cudnnDestroy");
        check(JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())), "cudnnSetStream");
        made(
                JCudnn.cudnnCreateActivationDescriptor(relu),
                "cudnnCreateActivationDescriptor",
                () -> JCudnn.cudnnDestroyActivationDescriptor(relu),
                "cudnnDestroyActivationDescriptor");
        int mode = cudnnActivationMode.CUDNN_ACTIVATION_RELU;
        check(
                JCudnn.cudnnSetActivationDescriptor(relu, mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN, 0),
                "cudnnSetActivationDescriptor");
    }

    /** Something to release. */
    @FunctionalInterface
    private interface Release {
        int status();
    }

    private void made(int status, String call, Release release, String named) {
        check(status, call);
        releases.push(() -> released(release.status(), named));
    }

    @Override
    public String description() {
        long version = JCudnn.cudnnGetVersion();
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100 + ", " + library.description();
    }

    @Override
    public void reluForward(View y, View x) {
        context.bind();
        cudnnTensorDescriptor packed = packed(List.of(y, x));
        Pointer one = scalar(y.dtype(), 1);
        Pointer zero = scalar(y.dtype(), 0);
        int status = JCudnn.cudnnActivationForward(handle, relu, one, packed, at(x), zero, packed, at(y));
        done(status, "cudnnActivationForward");
    }

    @Override
    public void reluBackward(View dx, View dy, View y) {
        context.bind();
        cudnnTensorDescriptor packed = packed(List.of(dx, dy, y));
        Pointer one = scalar(y.dtype(), 1);
        Pointer zero = scalar(y.dtype(), 0);
        int status = JCudnn.cudnnActivationBackward(
                handle, relu, one, packed, at(y), packed, at(dy), packed, at(y), zero, packed, at(dx));
        done(status, "cudnnActivationBackward");
    }

    @Override
    public void normForward(View y, OtherLibrary.Saved saved, View x, NormOps.Affine affine) {
        context.bind();
        cudnnTensorDescriptor block = block(x);
        cudnnTensorDescriptor channels = channels(x);
        for (int r = 0; r < x.replicas(); r++) {
            int status = JCudnn.cudnnBatchNormalizationForwardTraining(
                    handle,
                    cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL,
                    scalar(x.dtype(), 1),
                    scalar(x.dtype(), 0),
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
            done(status, "cudnnBatchNormalizationForwardTraining");
        }
    }

    @Override
    public void normBackward(View dx, NormOps.Affine gradient, View dy, View x, View scale, OtherLibrary.Saved saved) {
        context.bind();
        cudnnTensorDescriptor block = block(x);
        cudnnTensorDescriptor channels = channels(x);
        Pointer one = scalar(x.dtype(), 1);
        Pointer zero = scalar(x.dtype(), 0);
        for (int r = 0; r < x.replicas(); r++) {
            int status = JCudnn.cudnnBatchNormalizationBackward(
                    handle,
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
            done(status, "cudnnBatchNormalizationBackward");
        }
    }

    /** One replica's [N, C, S, 1]. */
    private cudnnTensorDescriptor block(View x) {
        NormShape shape = NormShape.of(x);
        return tensors.computeIfAbsent(
                new Extent(
                        x.dtype(),
                        Math.toIntExact(shape.examples()),
                        Math.toIntExact(shape.channels()),
                        Math.toIntExact(shape.places())),
                this::describe);
    }

    /** One replica's [1, C, 1, 1]. */
    private cudnnTensorDescriptor channels(View x) {
        return tensors.computeIfAbsent(new Extent(x.dtype(), 1, Math.toIntExact(x.dim(2)), 1), this::describe);
    }

    private Pointer at(View view, int replica) {
        return at(view.replicas(replica, 1));
    }

    private Pointer at(View view) {
        return CudaBuffer.address(view, context, 0);
    }

    private static Pointer scalar(DType type, double value) {
        return type == DType.F64 ? Pointer.to(new double[] {value}) : Pointer.to(new float[] {(float) value});
    }

    private void done(int status, String call) {
        context.libraryCalled();
        check(status, call);
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
        Extent extent =
                new Extent(first.dtype(), 1, 1, Math.toIntExact(first.shape().size()));
        return tensors.computeIfAbsent(extent, this::describe);
    }

    private cudnnTensorDescriptor describe(Extent extent) {
        cudnnTensorDescriptor tensor = new cudnnTensorDescriptor();
        made(
                JCudnn.cudnnCreateTensorDescriptor(tensor),
                "cudnnCreateTensorDescriptor",
                () -> JCudnn.cudnnDestroyTensorDescriptor(tensor),
                "cudnnDestroyTensorDescriptor");
        int type = extent.type == DType.F64 ? cudnnDataType.CUDNN_DATA_DOUBLE : cudnnDataType.CUDNN_DATA_FLOAT;
        int format = cudnnTensorFormat.CUDNN_TENSOR_NCHW;
        check(
                JCudnn.cudnnSetTensor4dDescriptor(
                        tensor, format, type, extent.examples, extent.channels, extent.places, 1),
                "cudnnSetTensor4dDescriptor");
        return tensor;
    }

    private void check(int status, String call) {
        if (status != SUCCESS) {
            throw new DeviceException(describe(status, call) + ", library " + library.description() + ".");
        }
    }

    private static String describe(int status, String call) {
        return call + " failed with " + JCudnn.cudnnGetErrorString(status) + " (" + status + ")";
    }

    private void released(int status, String call) {
        if (status != SUCCESS) {
            LOG.atLevel(context.isLost() ? Level.DEBUG : Level.WARN).log("While closing: {}.", describe(status, call));
        }
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
        tensors.clear();
    }
}
