package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CuDnnConvolutions.Kind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Small convolutions by cuDNN and by our own kernels, before the first real one. Of whole numbers, whose sums are exact in
 * every order but not if an operand is rounded to TF32 or less, both must give the same bits, a NaN included; of fractions the
 * library must give the same bits twice, and to two replicas that are alike. What does not is not used. Costs some
 * twenty convolutions of a few thousand products per element type.
 */
final class CuDnnCheck {
    private static final int R = 2;
    /** Twelve bits, one more than TF32 keeps. */
    private static final int LARGE = 4095;

    private static final int SMALL = 2;

    private final CuDnnConvolutions library;
    private final ConvOps own;
    private final Arena arena;
    private final List<String> faults = new ArrayList<>();

    /** @param own the same by our own kernels */
    CuDnnCheck(CuDnnConvolutions library, ConvOps own, Arena arena) {
        this.library = library;
        this.own = own;
        this.arena = arena;
    }

    /** @throws OutOfDeviceMemoryException where memory is lacking, which says nothing of the library */
    CuDnnVerdict of(DType type) {
        faults.clear();
        Set<Kind> used = EnumSet.noneOf(Kind.class);
        for (Kind kind : Kind.values()) {
            if (passes(kind, type)) {
                used.add(kind);
            }
        }
        return new CuDnnVerdict(used, faults);
    }

    private boolean passes(Kind kind, DType type) {
        try {
            return agrees(kind, new Layer(type, Values.WHOLE, new ConvOps.Window(1, 1)))
                    && agrees(kind, new Layer(type, Values.WHOLE, new ConvOps.Window(2, 0)))
                    && isSteady(kind, new Layer(type, Values.FRACTIONS, new ConvOps.Window(1, 1)));
        } catch (OutOfDeviceMemoryException e) {
            throw e; // another time it may pass
        } catch (DeviceException e) {
            return fault(kind, String.valueOf(e.getMessage()));
        }
    }

    private boolean fault(Kind kind, String what) {
        faults.add(kind.words() + ": " + what);
        return false;
    }

    private enum Values {
        WHOLE,
        FRACTIONS
    }

    /** A layer of R replicas that are alike: 2 images of 3 x 7 x 6, 5 kernels of 3 x 3. */
    private final class Layer {
        private final Values values;
        private final ConvOps.Window g;
        private final View x;
        private final View w;
        private final View y;
        private final View b;

        Layer(DType type, Values values, ConvOps.Window g) {
            this.values = values;
            this.g = g;
            this.x = upload(type, 1, LARGE, 2, 3, 7, 6);
            this.w = upload(type, 2, SMALL, 5, 3, 3, 3);
            this.y = upload(type, 3, LARGE, 2, 5, g.windows(7, 3), g.windows(6, 3));
            this.b = upload(type, 4, SMALL, 5);
        }

        private View upload(DType type, long seed, int largest, long... extents) {
            SplittableRandom random = new SplittableRandom(seed);
            HostTensor all = HostTensor.zeros(type, Shape.of(extents).prepend(R));
            int block = all.length() / R;
            for (int i = 0; i < block; i++) {
                double value =
                        values == Values.WHOLE ? random.nextInt(-largest, largest + 1) : random.nextDouble(-1, 1);
                all.set(i, value);
                all.set(block + i, value);
            }
            return arena.upload(all).view();
        }

        /** A NaN among the images, which the outputs and the weight gradient must show. */
        private void plantNan() {
            HostTensor all = x.download();
            all.set(0, Double.NaN);
            x.buffer().upload(all);
        }

        /** What {@code kind} writes, in a place of its own. */
        private ConvSizes into(Kind kind) {
            return switch (kind) {
                case FORWARD -> new ConvSizes(room(y), x, w, g);
                case INPUT_GRADIENT -> new ConvSizes(y, room(x), w, g);
                case WEIGHT_GRADIENT -> new ConvSizes(small(y), x, room(w), g);
            };
        }

        /** Beside large images the signal is small, or the sums would not be exact. */
        private View small(View signal) {
            HostTensor values = signal.download();
            for (int i = 0; i < values.length(); i++) {
                values.set(i, this.values == Values.WHOLE ? values.get(i) % SMALL : values.get(i));
            }
            return arena.upload(values).view();
        }

        private View room(View like) {
            return arena.allocate(like.dtype(), like.shape()).view();
        }
    }

    private static View out(Kind kind, ConvSizes s) {
        return switch (kind) {
            case FORWARD -> s.y();
            case INPUT_GRADIENT -> s.x();
            case WEIGHT_GRADIENT -> s.w();
        };
    }

    /** The library's output, or nothing and a fault. */
    private Optional<HostTensor> theirs(Kind kind, Layer layer) {
        ConvSizes s = layer.into(kind);
        if (!library.run(kind, s, kind == Kind.FORWARD ? Optional.of(layer.b) : Optional.empty())) {
            fault(kind, library.refusal(kind, s));
            return Optional.empty();
        }
        return Optional.of(out(kind, s).download());
    }

    private HostTensor ours(Kind kind, Layer layer) {
        ConvSizes s = layer.into(kind);
        switch (kind) {
            case FORWARD -> own.forward(s.y(), s.x(), s.w(), layer.b, s.g());
            case INPUT_GRADIENT -> own.inputGradient(s.x(), s.y(), s.w(), s.g());
            case WEIGHT_GRADIENT -> own.weightGradient(s.w(), s.y(), s.x(), s.g());
        }
        return out(kind, s).download();
    }

    private boolean agrees(Kind kind, Layer layer) {
        boolean numbers =
                same(kind, layer, "whole numbers do not come out exact, so it is wrong or rounds its operands");
        layer.plantNan();
        return numbers && (kind == Kind.INPUT_GRADIENT || same(kind, layer, "a NaN does not go where it should"));
    }

    private boolean same(Kind kind, Layer layer, String otherwise) {
        Optional<HostTensor> found = theirs(kind, layer);
        return found.isPresent() && (LtCheckValues.same(found.get(), ours(kind, layer)) || fault(kind, otherwise));
    }

    private boolean isSteady(Kind kind, Layer layer) {
        Optional<HostTensor> once = theirs(kind, layer);
        Optional<HostTensor> again = once.flatMap(first -> theirs(kind, layer));
        if (again.isEmpty()) {
            return false;
        }
        boolean steady = once.get().sameBits(again.get()) && replicasAgree(once.get());
        return steady || fault(kind, "the same call, or a replica that is alike, has other bits");
    }

    private static boolean replicasAgree(HostTensor values) {
        int block = values.length() / R;
        for (int i = 0; i < block; i++) {
            if (Double.compare(values.get(i), values.get(block + i)) != 0) {
                return false;
            }
        }
        return true;
    }
}
