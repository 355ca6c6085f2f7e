package dev.rectifier.engine.cuda;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.tensor.DType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * cuDNN opened on the engine's stream, and the descriptors that were asked for, which live as long. Status codes are told by
 * the library itself, since cuDNN 9 renumbered those that JCudnn's names were made for.
 */
final class CuDnnHandle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CuDnnHandle.class);
    private static final int SUCCESS = 0;

    private final CudaContext context;
    private final CudaLibraries.Library library;
    private final cudnnHandle handle = new cudnnHandle();
    private final Map<Extent, cudnnTensorDescriptor> tensors = new HashMap<>();
    private final Map<Extent, cudnnFilterDescriptor> filters = new HashMap<>();
    private final Map<Windows, cudnnConvolutionDescriptor> windows = new HashMap<>();
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** A packed tensor N C H W, or the kernels K C kh kw of a convolution. */
    record Extent(DType type, int first, int channels, int height, int width) {
        static Extent of(DType type, long first, long channels, long height, long width) {
            return new Extent(
                    type,
                    Math.toIntExact(first),
                    Math.toIntExact(channels),
                    Math.toIntExact(height),
                    Math.toIntExact(width));
        }
    }

    private record Windows(DType type, ConvOps.Window window) {}

    /** @throws DeviceException if the library cannot be loaded or does not start; nothing is left open then */
    CuDnnHandle(CudaContext context, CudaLibraries.Library library) {
        this.context = context;
        this.library = library;
        context.bind();
        library.load();
        try {
            made(JCudnn.cudnnCreate(handle), "cudnnCreate", () -> JCudnn.cudnnDestroy(handle), "cudnnDestroy");
            check(JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())), "cudnnSetStream");
        } catch (DeviceException e) {
            close();
            throw e;
        }
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

    cudnnHandle get() {
        return handle;
    }

    CudaContext context() {
        return context;
    }

    /** As in 9.5.0. */
    static String version() {
        long version = JCudnn.cudnnGetVersion();
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    String description() {
        return version() + ", " + library.description();
    }

    cudnnTensorDescriptor tensor(Extent extent) {
        return tensors.computeIfAbsent(extent, this::describe);
    }

    private cudnnTensorDescriptor describe(Extent extent) {
        cudnnTensorDescriptor tensor = new cudnnTensorDescriptor();
        made(
                JCudnn.cudnnCreateTensorDescriptor(tensor),
                "cudnnCreateTensorDescriptor",
                () -> JCudnn.cudnnDestroyTensorDescriptor(tensor),
                "cudnnDestroyTensorDescriptor");
        int status = JCudnn.cudnnSetTensor4dDescriptor(
                tensor,
                cudnnTensorFormat.CUDNN_TENSOR_NCHW,
                type(extent.type),
                extent.first,
                extent.channels,
                extent.height,
                extent.width);
        check(status, "cudnnSetTensor4dDescriptor of " + extent);
        return tensor;
    }

    cudnnFilterDescriptor filter(Extent extent) {
        return filters.computeIfAbsent(extent, this::describeFilter);
    }

    private cudnnFilterDescriptor describeFilter(Extent extent) {
        cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
        made(
                JCudnn.cudnnCreateFilterDescriptor(filter),
                "cudnnCreateFilterDescriptor",
                () -> JCudnn.cudnnDestroyFilterDescriptor(filter),
                "cudnnDestroyFilterDescriptor");
        int status = JCudnn.cudnnSetFilter4dDescriptor(
                filter,
                type(extent.type),
                cudnnTensorFormat.CUDNN_TENSOR_NCHW,
                extent.first,
                extent.channels,
                extent.height,
                extent.width);
        check(status, "cudnnSetFilter4dDescriptor of " + extent);
        return filter;
    }

    /** Cross-correlations whose operands are not rounded: the library's own default for floats is TF32. */
    cudnnConvolutionDescriptor windows(DType type, ConvOps.Window window) {
        return windows.computeIfAbsent(new Windows(type, window), this::describe);
    }

    private cudnnConvolutionDescriptor describe(Windows asked) {
        cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
        made(
                JCudnn.cudnnCreateConvolutionDescriptor(convolution),
                "cudnnCreateConvolutionDescriptor",
                () -> JCudnn.cudnnDestroyConvolutionDescriptor(convolution),
                "cudnnDestroyConvolutionDescriptor");
        int padding = asked.window.padding();
        int stride = asked.window.stride();
        int mode = cudnnConvolutionMode.CUDNN_CROSS_CORRELATION;
        check(
                JCudnn.cudnnSetConvolution2dDescriptor(
                        convolution, padding, padding, stride, stride, 1, 1, mode, type(asked.type)),
                "cudnnSetConvolution2dDescriptor of " + asked.window);
        check(
                JCudnn.cudnnSetConvolutionMathType(convolution, cudnnMathType.CUDNN_FMA_MATH),
                "cudnnSetConvolutionMathType");
        return convolution;
    }

    cudnnActivationDescriptor relu() {
        cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
        made(
                JCudnn.cudnnCreateActivationDescriptor(relu),
                "cudnnCreateActivationDescriptor",
                () -> JCudnn.cudnnDestroyActivationDescriptor(relu),
                "cudnnDestroyActivationDescriptor");
        int mode = cudnnActivationMode.CUDNN_ACTIVATION_RELU;
        check(
                JCudnn.cudnnSetActivationDescriptor(relu, mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN, 0),
                "cudnnSetActivationDescriptor");
        return relu;
    }

    private static int type(DType type) {
        return type == DType.F64 ? cudnnDataType.CUDNN_DATA_DOUBLE : cudnnDataType.CUDNN_DATA_FLOAT;
    }

    /** A factor in host memory, of the type that tensors of {@code type} want. */
    static Pointer scalar(DType type, double value) {
        return type == DType.F64 ? Pointer.to(new double[] {value}) : Pointer.to(new float[] {(float) value});
    }

    /** After a call that launches. */
    void done(int status, String call) {
        context.libraryCalled();
        check(status, call);
    }

    /** @throws OutOfDeviceMemoryException where the library found no memory, else DeviceException, unless the call succeeded */
    void check(int status, String call) {
        if (status == SUCCESS) {
            return;
        }
        String message = describe(status, call) + ", library " + library.description() + "; device memory: "
                + context.memory().state() + ". Without the library: -Drectifier.cudnn=none.";
        throw isShortOfMemory(status) ? new OutOfDeviceMemoryException(message) : new DeviceException(message);
    }

    static boolean succeeded(int status) {
        return status == SUCCESS;
    }

    /** Whether the library does not do what was asked for, as opposed to having failed. */
    static boolean isRefusal(int status) {
        return isCalled(status, "NOT_SUPPORTED");
    }

    static boolean isShortOfMemory(int status) {
        return isCalled(status, "ALLOC");
    }

    private static boolean isCalled(int status, String part) {
        return JCudnn.cudnnGetErrorString(status).contains(part);
    }

    static String describe(int status, String call) {
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
        filters.clear();
        windows.clear();
    }
}
