package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Bytes;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CuDnnHandle.Extent;
import dev.rectifier.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolutions by cuDNN, one call per replica on operands at multiples of 16 bytes ({@link AlignedBlocks}), by one algorithm
 * each: those that NVIDIA documents as deterministic, as products and without transforms. So a replica has the same bits alone
 * and among others, and twice the same. Nothing is searched for: what is fastest today would have other bits tomorrow.
 *
 * <p>What the library does not do, or only with more workspace than is allowed, it does not do here: a matter of the shapes of
 * one replica and of the library's version.
 */
final class CuDnnConvolutions {
    private static final Logger LOG = LoggerFactory.getLogger(CuDnnConvolutions.class);
    private static final int FORWARD = cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
    private static final int INPUT_GRADIENT = cudnnConvolutionBwdDataAlgo.CUDNN_CONVOLUTION_BWD_DATA_ALGO_1;
    private static final int WEIGHT_GRADIENT = cudnnConvolutionBwdFilterAlgo.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1;

    private final CuDnnHandle handle;
    private final CuDnnRoom room;
    private final Map<Form, Plan> plans = new HashMap<>();

    /** What is asked for. */
    enum Kind {
        FORWARD("forward"),
        INPUT_GRADIENT("input gradient"),
        WEIGHT_GRADIENT("weight gradient");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** One replica's convolution. */
    private record Form(Kind kind, Extent x, Extent w, Extent y, ConvOps.Window g) {
        static Form of(Kind kind, ConvSizes s) {
            return new Form(kind, extent(s.x()), extent(s.w()), extent(s.y()), s.g());
        }

        private static Extent extent(View view) {
            return Extent.of(view.dtype(), view.dim(1), view.dim(2), view.dim(3), view.dim(4));
        }

        @Override
        public String toString() {
            return kind.words + " of " + words(x) + " by " + words(w) + ", stride " + g.stride() + ", padding "
                    + g.padding() + ", " + x.type();
        }

        private static String words(Extent e) {
            return "[" + e.first() + ", " + e.channels() + ", " + e.height() + ", " + e.width() + "]";
        }
    }

    /** How a form is done, or in {@code refusal} why not. */
    private record Plan(long workspaceBytes, Optional<String> refusal) {
        static Plan refused(String reason) {
            return new Plan(0, Optional.of(reason));
        }
    }

    CuDnnConvolutions(CuDnnHandle handle, CuDnnRoom room) {
        this.handle = handle;
        this.room = room;
    }

    /** Why the library does not do this, or nothing. */
    String refusal(Kind kind, ConvSizes sizes) {
        return plan(Form.of(kind, sizes)).refusal.orElse("");
    }

    private Plan plan(Form form) {
        Plan known = plans.get(form);
        return known != null ? known : decided(form, made(form));
    }

    private Plan decided(Form form, Plan plan) {
        plans.put(form, plan);
        plan.refusal.ifPresentOrElse(
                reason -> LOG.info("cuDNN does not do {}: {}.", form, reason),
                () -> LOG.debug("cuDNN does {} with a workspace of {}.", form, Bytes.words(plan.workspaceBytes)));
        return plan;
    }

    private Plan made(Form form) {
        long[] bytes = {0};
        int status = workspaceSize(form, bytes);
        if (CuDnnHandle.isShortOfMemory(status)) {
            handle.check(status, "the question for its workspace"); // free memory must not decide the bits
        }
        if (!CuDnnHandle.succeeded(status)) {
            return Plan.refused(CuDnnHandle.describe(status, "the question for its workspace"));
        }
        if (bytes[0] > room.most()) {
            return Plan.refused("it asks for a workspace of " + Bytes.words(bytes[0]) + ", and "
                    + Bytes.words(room.most()) + " are allowed (-Drectifier.cudnn.workspace=MIB)");
        }
        return new Plan(bytes[0], Optional.empty());
    }

    private int workspaceSize(Form form, long[] bytes) {
        cudnnTensorDescriptor x = handle.tensor(form.x);
        cudnnTensorDescriptor y = handle.tensor(form.y);
        cudnnFilterDescriptor w = handle.filter(form.w);
        cudnnConvolutionDescriptor g = handle.windows(form.x.type(), form.g);
        return switch (form.kind) {
            case FORWARD -> JCudnn.cudnnGetConvolutionForwardWorkspaceSize(handle.get(), x, w, g, y, FORWARD, bytes);
            case INPUT_GRADIENT ->
                JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(handle.get(), w, y, g, x, INPUT_GRADIENT, bytes);
            case WEIGHT_GRADIENT ->
                JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(handle.get(), x, y, g, w, WEIGHT_GRADIENT, bytes);
        };
    }

    /**
     * Does it for all replicas.
     *
     * @param bias [R, K] added to y
     * @return false, and nothing is done, where the library does not do this
     */
    boolean run(Kind kind, ConvSizes s, Optional<View> bias) {
        handle.context().bind();
        Form form = Form.of(kind, s);
        if (plan(form).refusal.isPresent()) {
            return false;
        }
        for (long r = 0; r < s.replicas(); r++) {
            Places at = places(kind, s, r);
            int status = call(form, at);
            if (r == 0 && CuDnnHandle.isRefusal(status)) {
                decided(form, Plan.refused(CuDnnHandle.describe(status, "it")));
                return false;
            }
            handle.done(status, "The " + form + ", replica " + r + ",");
            if (bias.isPresent()) {
                addBias(form, at.out, bias.get(), r);
            }
            room.aligned().finish(out(kind, s), r);
        }
        return true;
    }

    /** Where one replica's operands are, in the order of the library's arguments. */
    private record Places(Pointer first, Pointer second, Pointer out) {}

    private Places places(Kind kind, ConvSizes s, long r) {
        View first = kind == Kind.INPUT_GRADIENT ? s.w() : s.x();
        View second = kind == Kind.FORWARD ? s.w() : s.y();
        return new Places(
                room.aligned().input(AlignedBlocks.Place.FIRST, first, r),
                room.aligned().input(AlignedBlocks.Place.SECOND, second, r),
                room.aligned().output(out(kind, s), r, false));
    }

    private static View out(Kind kind, ConvSizes s) {
        return switch (kind) {
            case FORWARD -> s.y();
            case INPUT_GRADIENT -> s.x();
            case WEIGHT_GRADIENT -> s.w();
        };
    }

    private int call(Form form, Places at) {
        cudnnTensorDescriptor x = handle.tensor(form.x);
        cudnnTensorDescriptor y = handle.tensor(form.y);
        cudnnFilterDescriptor w = handle.filter(form.w);
        cudnnConvolutionDescriptor g = handle.windows(form.x.type(), form.g);
        Pointer one = CuDnnHandle.scalar(form.x.type(), 1);
        Pointer zero = CuDnnHandle.scalar(form.x.type(), 0);
        long bytes = plan(form).workspaceBytes;
        Pointer beside =
                bytes == 0 ? new Pointer() : room.workspace().apply(bytes).address();
        return switch (form.kind) {
            case FORWARD ->
                JCudnn.cudnnConvolutionForward(
                        handle.get(), one, x, at.first, w, at.second, g, FORWARD, beside, bytes, zero, y, at.out);
            case INPUT_GRADIENT ->
                JCudnn.cudnnConvolutionBackwardData(
                        handle.get(),
                        one,
                        w,
                        at.first,
                        y,
                        at.second,
                        g,
                        INPUT_GRADIENT,
                        beside,
                        bytes,
                        zero,
                        x,
                        at.out);
            case WEIGHT_GRADIENT ->
                JCudnn.cudnnConvolutionBackwardFilter(
                        handle.get(),
                        one,
                        x,
                        at.first,
                        y,
                        at.second,
                        g,
                        WEIGHT_GRADIENT,
                        beside,
                        bytes,
                        zero,
                        w,
                        at.out);
        };
    }

    private void addBias(Form form, Pointer y, View bias, long r) {
        DType type = form.y.type();
        Pointer one = CuDnnHandle.scalar(type, 1);
        cudnnTensorDescriptor channels = handle.tensor(new Extent(type, 1, form.y.channels(), 1, 1));
        Pointer b = room.aligned().input(AlignedBlocks.Place.BIAS, bias, r);
        int status = JCudnn.cudnnAddTensor(handle.get(), one, channels, b, one, handle.tensor(form.y), y);
        handle.done(status, "cudnnAddTensor of the bias to the " + form + ", replica " + r + ",");
    }
}
