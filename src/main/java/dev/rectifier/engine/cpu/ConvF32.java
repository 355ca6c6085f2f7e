package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cpu.ConvShape.Span;
import java.util.Optional;

/** Convolutions as products of weights with patches of images. */
final class ConvF32 implements ConvOps {
    private static final int LANES = 8;

    private final Queue queue;
    private final PointwiseF32 pointwise;

    ConvF32(Queue queue) {
        this.queue = queue;
        this.pointwise = new PointwiseF32(queue);
    }

    @Override
    public void forward(View y, View x, View w, Window g) {
        ConvShape s = ConvShape.of(y, x, w, g);
        forward(outputs(s, y, x, w, Optional.empty(), Optional.empty()), writes(y), x, w);
    }

    @Override
    public void forward(View y, View x, View w, View b, Window g) {
        ConvShape s = ConvShape.of(y, x, w, g);
        forward(outputs(s, y, x, w, Optional.of(b), Optional.empty()), writes(y), x, w, b);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, Window g) {
        ConvShape s = ConvShape.of(y, x, w, g);
        if (s.partsOwnWords()) {
            forward(outputs(s, y, x, w, Optional.empty(), Optional.of(mask)), writes(y, mask), x, w);
        } else {
            forward(y, x, w, g);
            pointwise.relu(y, mask, y);
        }
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b, Window g) {
        ConvShape s = ConvShape.of(y, x, w, g);
        if (s.partsOwnWords()) {
            forward(outputs(s, y, x, w, Optional.of(b), Optional.of(mask)), writes(y, mask), x, w, b);
        } else {
            forward(y, x, w, b, g);
            pointwise.relu(y, mask, y);
        }
    }

    private static ConvForwardF32 outputs(
            ConvShape s, View y, View x, View w, Optional<View> bias, Optional<View> mask) {
        return new ConvForwardF32(
                s, BlocksF32.of(y), BlocksF32.of(x), BlocksF32.of(w), bias.map(BlocksF32::of), mask.map(Words::of));
    }

    private void forward(ConvForwardF32 outputs, View[] written, View... read) {
        submit(outputs::compute, outputs.parts(), outputs.s().work(), written, read);
    }

    @Override
    public void inputGradient(View dx, View dy, View w, Window g) {
        back(dx, dy, w, Optional.empty(), g);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask, Window g) {
        back(dz, dy, w, Optional.of(mask), g);
    }

    private void back(View dx, View dy, View w, Optional<View> mask, Window g) {
        ConvShape s = ConvShape.of(dy, dx, w, g);
        ConvBackF32 back = new ConvBackF32(s, BlocksF32.of(dx), BlocksF32.of(dy), BlocksF32.of(w), mask.map(Words::of));
        View[] read = mask.map(m -> new View[] {dy, w, m}).orElseGet(() -> new View[] {dy, w});
        submit(back::compute, back.parts(), s.work(), writes(dx), read);
    }

    @Override
    public void weightGradient(View dw, View dy, View x, Window g) {
        ConvShape s = ConvShape.of(dy, x, dw, g);
        BlocksF32 out = BlocksF32.of(dw);
        BlocksF32 signal = BlocksF32.of(dy);
        BlocksF32 images = BlocksF32.of(x);
        int bands = ConvShape.ceil(s.c(), s.gradientChannels());
        Piece piece = (r, part, scratch) -> {
            Span kernels = Span.of(part / bands, s.gradientKernels(), s.k());
            Span channels = Span.of(part % bands, s.gradientChannels(), s.c());
            PanelF32 sums = new ConvProductsF32(s).weights(signal, images, r, kernels, channels, scratch);
            store(sums, out, r, s, kernels, channels);
        };
        submit(piece, bands * ConvShape.ceil(s.k(), s.gradientKernels()), s.work(), writes(dw), dy, x);
    }

    private static void store(PanelF32 sums, BlocksF32 dw, int r, ConvShape s, Span kernels, Span channels) {
        int taps = s.kernel().size();
        int count = channels.count() * taps;
        for (int i = 0; i < kernels.count(); i++) {
            int to = dw.at(r) + ((kernels.first() + i) * s.c() + channels.first()) * taps;
            sums.get(i * count, dw.array(), to, count);
        }
    }

    @Override
    public void biasGradient(View db, View dy) {
        BlocksF32 out = BlocksF32.of(db);
        BlocksF32 signal = BlocksF32.of(dy);
        int n = (int) dy.dim(1);
        int k = (int) dy.dim(2);
        int pixels = (int) (dy.dim(3) * dy.dim(4));
        Piece piece = (r, unit, scratch) -> {
            float sum = 0;
            for (int image = 0; image < n; image++) {
                sum += sum(signal.array(), signal.at(r) + (image * k + unit) * pixels, pixels);
            }
            out.array()[out.at(r) + unit] = sum;
        };
        submit(piece, k, (long) n * k * pixels, writes(db), dy);
    }

    /** In eight running sums, which a processor adds side by side. */
    private static float sum(float[] x, int from, int count) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            int at = from + i;
            s0 += x[at];
            s1 += x[at + 1];
            s2 += x[at + 2];
            s3 += x[at + 3];
            s4 += x[at + 4];
            s5 += x[at + 5];
            s6 += x[at + 6];
            s7 += x[at + 7];
        }
        for (; i < count; i++) {
            s0 += x[from + i];
        }
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }

    /** A part of one replica's work. */
    @FunctionalInterface
    private interface Piece {
        void compute(int r, int part, Scratch scratch);
    }

    private void submit(Piece piece, int parts, long work, View[] written, View... read) {
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                piece.compute(item / parts, item % parts, scratch);
            }
        };
        queue.submit(job, parts, work, written, read);
    }
}
