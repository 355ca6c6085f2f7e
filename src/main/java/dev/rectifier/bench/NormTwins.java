package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Norms} as another library does them: it keeps the moments for the way back in its own form, leaves no mask, and does the
 * ReLU as an operation of its own. (cuDNN joins the two for 16-bit elements alone.)
 */
final class NormTwins {
    /** Places of operands behind those of {@link Norms#forthSlots} and of {@link Norms#backSlots}. */
    private static final int FORTH = 6;

    private static final int BACK = 8;

    private NormTwins() {}

    static Twin of(Norms norm, long r, long n, long c) {
        List<Slot> slots = norm.isBackward() ? back(norm, r, n, c) : forth(norm, r, n, c);
        Operation exact = Operation.of(norm.flops(r, n, c), call(norm), slots.toArray(Slot[]::new))
                .withDepth(n);
        return new Twin(exact, norm.isBackward() ? library(norm, NormTwins::back) : library(norm, NormTwins::forth));
    }

    /** What the library makes of its operands, by an engine. */
    private static Operation.Call call(Norms norm) {
        return switch (norm) {
            case FORWARD -> (engine, v) -> engine.norm().forward(v.get(1), Norms.forthOf(v));
            case FORWARD_RELU -> (engine, v) -> engine.norm().forwardRelu(v.get(1), v.get(FORTH + 2), Norms.forthOf(v));
            case BACKWARD ->
                (engine, v) -> engine.norm().backward(v.get(2), Norms.gradient(v), v.get(1), Norms.backOf(v));
            case BACKWARD_RELU -> NormTwins::gatedBack;
        };
    }

    /** The gates are those of y. */
    private static void gatedBack(Engine engine, List<View> v) {
        engine.pointwise().relu(v.get(BACK + 4), v.get(BACK + 3), v.get(BACK + 2));
        engine.norm().backwardRelu(v.get(2), Norms.gradient(v), v.get(1), v.get(BACK + 3), Norms.backOf(v));
    }

    /** Then the library's two moments, and for the engine a mask. */
    private static List<Slot> forth(Norms norm, long r, long n, long c) {
        List<Slot> slots = new ArrayList<>();
        for (Slot slot : Norms.forthSlots(r, n, c)) {
            boolean moments = slot.dtype().isPresent();
            slots.add(moments ? Slot.scratch(slot.shape().extents()).of(DType.F64) : slot);
        }
        slots.add(Slot.scratch(r, c));
        slots.add(Slot.scratch(r, c));
        if (norm.hasRelu()) {
            slots.add(mask(r, n, c));
        }
        return slots;
    }

    private static Slot mask(long r, long n, long c) {
        return Slot.scratch(r, PointwiseOps.maskWords(n * c)).of(DType.I32);
    }

    /** Then the library's two moments; with a ReLU its y, for the engine a mask, and the signal below the gates. */
    private static List<Slot> back(Norms norm, long r, long n, long c) {
        List<Slot> slots = new ArrayList<>(Norms.backSlots(r, n, c));
        slots.add(Slot.in(r, c).with(new Slot.Content.Constant(0)));
        slots.add(Slot.in(r, c).with(new Slot.Content.Constant(1 / Math.sqrt(1 + Norms.EPS))));
        if (norm.hasRelu()) {
            slots.add(Slot.in(r, n, c).with(new Slot.Content.Rectified()));
            slots.add(mask(r, n, c));
            slots.add(Slot.scratch(r, n, c));
        }
        return slots;
    }

    /** One direction by the library. */
    @FunctionalInterface
    private interface Direction {
        void on(OtherLibrary.Session library, List<View> v, boolean relu);
    }

    private static Twin.Call library(Norms norm, Direction direction) {
        return (library, v) -> direction.on(library, v, norm.hasRelu());
    }

    private static void forth(OtherLibrary.Session library, List<View> v, boolean relu) {
        OtherLibrary.Saved saved = new OtherLibrary.Saved(v.get(FORTH), v.get(FORTH + 1), Norms.EPS);
        library.normForward(v.get(1), saved, v.get(0), new Affine(v.get(2), v.get(3)));
        if (relu) {
            library.reluForward(v.get(1), v.get(1));
        }
    }

    private static void back(OtherLibrary.Session library, List<View> v, boolean relu) {
        OtherLibrary.Saved saved = new OtherLibrary.Saved(v.get(BACK), v.get(BACK + 1), Norms.EPS);
        View signal = relu ? v.get(BACK + 4) : v.get(1);
        if (relu) {
            library.reluBackward(signal, v.get(1), v.get(BACK + 2));
        }
        library.normBackward(v.get(2), Norms.gradient(v), signal, v.get(0), v.get(3), saved);
    }
}
