package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps;

/** Weight normalisation, row by row; {@code cuda/weight_norm.cu} has the same expressions. */
final class WeightNormF32 implements WeightNormOps {
    private static final int STRANDS = 0;
    private static final int COST = 4; // elementary operations an element and inner product

    private final Queue queue;

    WeightNormF32(Queue queue) {
        this.queue = queue;
    }

    /** The rows of a [R, K, ...]; an item of work is one row of one replica. */
    private record Rows(int count, int length) {
        static Rows of(View view) {
            int count = (int) view.dim(1);
            return new Rows(count, count == 0 ? 0 : (int) (view.blockSize() / count));
        }

        /** First element of an item's row. */
        int at(BlocksF32 blocks, int item) {
            return blocks.at(item / count) + item % count * length;
        }

        /** An item's number in a [R, K]. */
        float of(BlocksF32 numbers, int item) {
            return numbers.array()[numbers.at(item / count) + item % count];
        }

        double norm(BlocksF64 norms, int item) {
            return norms.array()[norms.at(item / count) + item % count];
        }

        double dot(BlocksF32 a, BlocksF32 b, int item, Scratch scratch) {
            double[] strands = scratch.doubles(STRANDS, StrandsF32.COUNT);
            return StrandsF32.dot(a.array(), at(a, item), b.array(), at(b, item), length, strands);
        }
    }

    private interface RowJob {
        void run(int item, Scratch scratch);
    }

    private void submit(Rows rows, int products, RowJob job, View[] written, View... read) {
        Job all = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                job.run(item, scratch);
            }
        };
        queue.submit(all, rows.count, (long) COST * products * rows.count * rows.length, written, read);
    }

    @Override
    public void forward(View w, View norm, Factors factors) {
        Rows rows = Rows.of(w);
        BlocksF32 out = BlocksF32.of(w);
        BlocksF64 norms = BlocksF64.of(norm);
        BlocksF32 v = BlocksF32.of(factors.v());
        BlocksF32 g = BlocksF32.of(factors.g());
        RowJob job = (item, scratch) -> {
            double length = Math.sqrt(rows.dot(v, v, item, scratch));
            norms.array()[norms.at(item / rows.count) + item % rows.count] = length;
            double scale = rows.of(g, item) / length;
            scaled(out.array(), rows.at(out, item), scale, v.array(), rows.at(v, item), rows.length);
        };
        submit(rows, 2, job, writes(w, norm), factors.v(), factors.g());
    }

    private static void scaled(float[] y, int at, double a, float[] x, int from, int count) {
        for (int i = 0; i < count; i++) {
            y[at + i] = (float) (a * x[from + i]);
        }
    }

    @Override
    public void backward(Factors gradient, View dw, Factors factors, View norm) {
        Rows rows = Rows.of(dw);
        BlocksF32 dv = BlocksF32.of(gradient.v());
        BlocksF32 dg = BlocksF32.of(gradient.g());
        BlocksF32 signal = BlocksF32.of(dw);
        BlocksF32 v = BlocksF32.of(factors.v());
        BlocksF32 g = BlocksF32.of(factors.g());
        BlocksF64 norms = BlocksF64.of(norm);
        RowJob job = (item, scratch) -> {
            double n = rows.norm(norms, item);
            double along = rows.dot(signal, v, item, scratch) / n;
            dg.array()[dg.at(item / rows.count) + item % rows.count] = (float) along;
            double scale = rows.of(g, item) / n;
            double part = along / n;
            int at = rows.at(dv, item);
            int from = rows.at(signal, item);
            int row = rows.at(v, item);
            for (int i = 0; i < rows.length; i++) {
                double across = Math.fma(-part, (double) v.array()[row + i], (double) signal.array()[from + i]);
                dv.array()[at + i] = (float) (scale * across);
            }
        };
        submit(rows, 2, job, writes(gradient.v(), gradient.g()), dw, factors.v(), factors.g(), norm);
    }

    @Override
    public void tangent(View tw, Factors factors, View norm, Factors direction) {
        Rows rows = Rows.of(tw);
        BlocksF32 out = BlocksF32.of(tw);
        BlocksF32 v = BlocksF32.of(factors.v());
        BlocksF32 g = BlocksF32.of(factors.g());
        BlocksF64 norms = BlocksF64.of(norm);
        BlocksF32 tv = BlocksF32.of(direction.v());
        BlocksF32 tg = BlocksF32.of(direction.g());
        RowJob job = (item, scratch) -> {
            double n = rows.norm(norms, item);
            double along = rows.dot(v, tv, item, scratch) / n;
            double scale = rows.of(g, item) / n;
            double part = (rows.of(tg, item) - scale * along) / n;
            int at = rows.at(out, item);
            int row = rows.at(v, item);
            int moved = rows.at(tv, item);
            for (int i = 0; i < rows.length; i++) {
                double turned = part * v.array()[row + i];
                out.array()[at + i] = (float) Math.fma(scale, (double) tv.array()[moved + i], turned);
            }
        };
        submit(rows, 2, job, writes(tw), factors.v(), factors.g(), norm, direction.v(), direction.g());
    }

    @Override
    public void backwardTangent(Factors tGradient, Signal signal, Factors factors, View norm, Factors direction) {
        Rows rows = Rows.of(signal.dw());
        Inputs in = new Inputs(
                rows,
                BlocksF32.of(signal.dw()),
                BlocksF32.of(signal.tdw()),
                BlocksF32.of(factors.v()),
                BlocksF32.of(direction.v()));
        BlocksF32 g = BlocksF32.of(factors.g());
        BlocksF32 tg = BlocksF32.of(direction.g());
        BlocksF64 norms = BlocksF64.of(norm);
        BlocksF32 tdv = BlocksF32.of(tGradient.v());
        BlocksF32 tdg = BlocksF32.of(tGradient.g());
        RowJob job = (item, scratch) -> {
            Bend bend = in.bend(item, scratch, rows.norm(norms, item), rows.of(g, item), rows.of(tg, item));
            tdg.array()[tdg.at(item / rows.count) + item % rows.count] = (float) bend.length;
            in.combine(tdv.array(), rows.at(tdv, item), bend, item);
        };
        View[] written = writes(tGradient.v(), tGradient.g());
        submit(
                rows,
                5,
                job,
                written,
                signal.dw(),
                signal.tdw(),
                factors.v(),
                factors.g(),
                norm,
                direction.v(),
                direction.g());
    }

    /** tdv = a dw + b tdw + c v + d tv, and tdg. */
    private record Bend(double length, double a, double b, double c, double d) {}

    private record Inputs(Rows rows, BlocksF32 dw, BlocksF32 tdw, BlocksF32 v, BlocksF32 tv) {
        Bend bend(int item, Scratch scratch, double n, double g, double tg) {
            double gradient = rows.dot(dw, v, item, scratch) / n;
            double along = rows.dot(v, tv, item, scratch) / n;
            double moved = rows.dot(tdw, v, item, scratch) / n;
            double length = moved + (rows.dot(dw, tv, item, scratch) - gradient * along) / n;
            double scale = g / n;
            double a = (tg - scale * along) / n;
            double d = -(scale * gradient) / n;
            double c = -(a * gradient + scale * length + d * along) / n;
            return new Bend(length, a, scale, c, d);
        }

        void combine(float[] tdv, int at, Bend bend, int item) {
            int i = rows.at(dw, item);
            int j = rows.at(tdw, item);
            int k = rows.at(v, item);
            int l = rows.at(tv, item);
            for (int c = 0; c < rows.length; c++) {
                double sum = bend.d * tv.array()[l + c];
                sum = Math.fma(bend.c, (double) v.array()[k + c], sum);
                sum = Math.fma(bend.b, (double) tdw.array()[j + c], sum);
                tdv[at + c] = (float) Math.fma(bend.a, (double) dw.array()[i + c], sum);
            }
        }
    }
}
