package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Bytes;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CuDnnConvolutions.Kind;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolutions by cuDNN where they are large enough ({@link CuDnnMode}), the library does them ({@link CuDnnConvolutions}) and
 * its check found nothing ({@link CuDnnCheck}); by our own kernels elsewhere. Which way is taken follows from the shapes of one
 * replica and from what is installed, never from R or from free memory: where the workspace of a convolution that was taken
 * does not fit, it fails, since other kernels have other bits. ReLU, its mask and gates are passes of their own behind the
 * library. The bias gradient is always ours.
 */
final class CuDnnConv implements ConvOps, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CuDnnConv.class);

    /** Multiply-adds of one replica from which on a call of its own is taken to pay: those of a product of 256 a side. */
    private static final double LEAST = 1 << 24;

    private final CuDnnMode mode;
    private final Setting setting;
    private final CudaLibraries.Library library;
    private Optional<CuDnnSession> session = Optional.empty();
    private boolean tried;

    /**
     * What it is opened with.
     *
     * @param room for its calls
     * @param own does what the library does not
     * @param pointwise ReLU behind the library
     */
    record Setting(CudaContext context, CuDnnRoom room, ConvOps own, PointwiseOps pointwise) {}

    private CuDnnConv(CuDnnMode mode, Setting setting, CudaLibraries.Library library) {
        this.mode = mode;
        this.setting = setting;
        this.library = library;
    }

    /**
     * The library, or why it is not used.
     *
     * @param description for the engine's versions
     */
    record Choice(Optional<CuDnnConv> library, String description) {
        private static Choice none(String reason) {
            return new Choice(Optional.empty(), "none (" + reason + ")");
        }
    }

    /**
     * Takes it where the process allows; it is opened and checked at the first convolution it takes.
     *
     * @throws IllegalArgumentException if it is asked for by name and is not there
     */
    static Choice choose(Optional<CudaLibraries.Library> found, Setting setting) {
        CuDnnMode mode = CuDnnMode.ofThisProcess();
        if (mode == CuDnnMode.NONE || mode == CuDnnMode.COMPARE) {
            return Choice.none("-Drectifier.cudnn=" + mode.word());
        }
        if (found.isEmpty()) {
            if (mode == CuDnnMode.ON) {
                throw refusal(new NoDeviceException(CuDnnLibrary.absence()));
            }
            return Choice.none("no libcudnn.so.9 was found");
        }
        String which = mode == CuDnnMode.ON ? "every convolution it can do" : "convolutions from 2^24 multiply-adds";
        String workspace = ", workspaces up to " + Bytes.words(setting.room.most());
        return new Choice(
                Optional.of(new CuDnnConv(mode, setting, found.get())),
                found.get().description() + ", " + which + workspace);
    }

    private static IllegalArgumentException refusal(DeviceException e) {
        return new IllegalArgumentException(
                "-Drectifier.cudnn=on, and cuDNN cannot be used: " + e.getMessage() + ".", e);
    }

    private Optional<CuDnnSession> session() {
        if (!tried) {
            tried = true;
            session = open();
        }
        return session;
    }

    private Optional<CuDnnSession> open() {
        try {
            return Optional.of(new CuDnnSession(setting.context, library, setting.room, setting.own));
        } catch (OutOfDeviceMemoryException e) {
            tried = false;
            throw e; // free memory must never decide which kernels, and so which bits
        } catch (DeviceException e) {
            if (mode == CuDnnMode.ON) {
                throw refusal(e);
            }
            LOG.warn("cuDNN is not used, own kernels do its convolutions: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** A matter of one replica's shapes. */
    private boolean takes(ConvSizes s) {
        boolean fits = Math.max(s.x().blockSize(), Math.max(s.y().blockSize(), s.w().blockSize())) <= Integer.MAX_VALUE;
        return fits && s.multiplyAdds() >= (mode == CuDnnMode.ON ? 1 : LEAST);
    }

    private boolean done(Kind kind, ConvSizes s, Optional<View> bias) {
        return takes(s) && session().filter(open -> open.run(kind, s, bias)).isPresent();
    }

    @Override
    public void forward(View y, View x, View w, Window g) {
        if (!done(Kind.FORWARD, new ConvSizes(y, x, w, g), Optional.empty())) {
            setting.own.forward(y, x, w, g);
        }
    }

    @Override
    public void forward(View y, View x, View w, View b, Window g) {
        if (!done(Kind.FORWARD, new ConvSizes(y, x, w, g), Optional.of(b))) {
            setting.own.forward(y, x, w, b, g);
        }
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, Window g) {
        if (done(Kind.FORWARD, new ConvSizes(y, x, w, g), Optional.empty())) {
            setting.pointwise.relu(y, mask, y);
        } else {
            setting.own.forwardRelu(y, mask, x, w, g);
        }
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b, Window g) {
        if (done(Kind.FORWARD, new ConvSizes(y, x, w, g), Optional.of(b))) {
            setting.pointwise.relu(y, mask, y);
        } else {
            setting.own.forwardRelu(y, mask, x, w, b, g);
        }
    }

    @Override
    public void inputGradient(View dx, View dy, View w, Window g) {
        if (!done(Kind.INPUT_GRADIENT, new ConvSizes(dy, dx, w, g), Optional.empty())) {
            setting.own.inputGradient(dx, dy, w, g);
        }
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask, Window g) {
        if (done(Kind.INPUT_GRADIENT, new ConvSizes(dy, dz, w, g), Optional.empty())) {
            setting.pointwise.reluBackward(dz, dz, mask);
        } else {
            setting.own.inputGradientRelu(dz, dy, w, mask, g);
        }
    }

    @Override
    public void weightGradient(View dw, View dy, View x, Window g) {
        if (!done(Kind.WEIGHT_GRADIENT, new ConvSizes(dy, x, dw, g), Optional.empty())) {
            setting.own.weightGradient(dw, dy, x, g);
        }
    }

    @Override
    public void biasGradient(View db, View dy) {
        setting.own.biasGradient(db, dy);
    }

    @Override
    public void close() {
        session.ifPresent(CuDnnSession::close);
        session = Optional.empty();
    }
}
