package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.ReduceOps;
import dev.rectifier.engine.View;
import java.util.Arrays;

/** Reductions with fp64 sums. */
final class ReduceF32 implements ReduceOps {
    private final Queue queue;

    ReduceF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public void sum(View out, View a) {
        BlocksF64 sums = BlocksF64.of(out);
        BlocksF32 in = BlocksF32.of(a);
        int count = (int) a.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                sums.array()[sums.at(r)] = sum(in.array(), in.at(r), count);
            }
        };
        queue.submit(job, count, writes(out), a);
    }

    /** Four running sums, of the elements 0, 4, 8 ..., 1, 5, 9 ... and so on, added pairwise at the end. */
    private static double sum(float[] a, int from, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i < count - 3; i += 4) {
            s0 += a[from + i];
            s1 += a[from + i + 1];
            s2 += a[from + i + 2];
            s3 += a[from + i + 3];
        }
        for (; i < count; i++) {
            s0 += a[from + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public void dot(View out, View a, View b) {
        BlocksF64 sums = BlocksF64.of(out);
        BlocksF32 left = BlocksF32.of(a);
        BlocksF32 right = BlocksF32.of(b);
        int count = (int) a.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                sums.array()[sums.at(r)] = dot(left.array(), left.at(r), right.array(), right.at(r), count);
            }
        };
        queue.submit(job, count, writes(out), a, b);
    }

    /** Ordered as {@link #sum}. */
    private static double dot(float[] a, int i, float[] b, int j, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int c = 0;
        for (; c < count - 3; c += 4) {
            s0 = Math.fma((double) a[i + c], (double) b[j + c], s0);
            s1 = Math.fma((double) a[i + c + 1], (double) b[j + c + 1], s1);
            s2 = Math.fma((double) a[i + c + 2], (double) b[j + c + 2], s2);
            s3 = Math.fma((double) a[i + c + 3], (double) b[j + c + 3], s3);
        }
        for (; c < count; c++) {
            s0 = Math.fma((double) a[i + c], (double) b[j + c], s0);
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public void moments(View mean, View m2, View x) {
        BlocksF64 means = BlocksF64.of(mean);
        BlocksF64 squares = BlocksF64.of(m2);
        BlocksF32 in = BlocksF32.of(x);
        int n = (int) x.dim(1);
        int w = (int) x.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ColumnsF32 columns = new ColumnsF32(in.array(), in.at(r), n, w);
                columns.means(means.array(), means.at(r));
                columns.centredSquares(squares.array(), squares.at(r), means.array(), means.at(r));
            }
        };
        queue.submit(job, 2L * n * w, writes(mean, m2), x);
    }

    @Override
    public void columnSquares(View out, View x) {
        BlocksF64 squares = BlocksF64.of(out);
        BlocksF32 in = BlocksF32.of(x);
        int k = (int) x.dim(1);
        int w = (int) x.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                new ColumnsF32(in.array(), in.at(r), k, w).squares(squares.array(), squares.at(r));
            }
        };
        queue.submit(job, (long) k * w, writes(out), x);
    }

    @Override
    public void argmax(View index, View x) {
        Words out = Words.of(index);
        BlocksF32 in = BlocksF32.of(x);
        int n = (int) x.dim(1);
        int k = (int) x.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                for (int row = 0; row < n; row++) {
                    out.array()[out.at(r) + row] = argmax(in.array(), in.at(r) + row * k, k);
                }
            }
        };
        queue.submit(job, (long) n * k, writes(index), x);
    }

    static int argmax(float[] x, int from, int count) {
        int best = 0;
        for (int k = 0; k < count; k++) {
            float value = x[from + k];
            if (Float.isNaN(value)) {
                return k;
            }
            if (value > x[from + best]) {
                best = k;
            }
        }
        return best;
    }

    @Override
    public void correct(View count, View x, View labels) {
        Words out = Words.of(count);
        BlocksF32 in = BlocksF32.of(x);
        Words wanted = Words.of(labels);
        int n = (int) x.dim(1);
        int k = (int) x.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                int hits = 0;
                for (int row = 0; row < n; row++) {
                    int guess = argmax(in.array(), in.at(r) + row * k, k);
                    hits += guess == wanted.array()[wanted.at(r) + row] ? 1 : 0;
                }
                out.array()[out.at(r)] = hits;
            }
        };
        queue.submit(job, (long) n * k, writes(count), x, labels);
    }

    @Override
    public void correlation(View rho, View teacher, View student) {
        BlocksF64 out = BlocksF64.of(rho);
        BlocksF32 t = BlocksF32.of(teacher);
        BlocksF32 s = BlocksF32.of(student);
        int n = (int) teacher.dim(1);
        int tw = (int) teacher.dim(2);
        int sw = (int) student.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ColumnsF32 teachers = new ColumnsF32(t.array(), t.at(r), n, tw);
                ColumnsF32 students = new ColumnsF32(s.array(), s.at(r), n, sw);
                Arrays.fill(out.array(), out.at(r), out.at(r) + tw * sw, 0);
                teachers.correlate(students, out.array(), out.at(r), scratch);
            }
        };
        queue.submit(job, (long) n * tw * sw, writes(rho), teacher, student);
    }
}
