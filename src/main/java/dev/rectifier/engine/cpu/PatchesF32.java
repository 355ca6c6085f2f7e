package dev.rectifier.engine.cpu;

import dev.rectifier.engine.cpu.ConvShape.Block;
import dev.rectifier.engine.cpu.ConvShape.Extent;
import java.util.Arrays;

/**
 * What windows see of a plane, one row for each place in the window, one column for each window; and the adjoint. Windows of
 * stride s see every s-th pixel: the padded plane is taken apart into s x s phases first, in which neighbours of a window are
 * neighbours in memory, so that rows are copied and added whole.
 */
final class PatchesF32 {
    private final ConvShape s;
    private final Extent phases;
    private final Extent kernel;
    private final int stride;
    private final int padding;

    PatchesF32(ConvShape s) {
        this.s = s;
        phases = s.phases();
        kernel = s.kernel();
        stride = s.g().stride();
        padding = s.g().padding();
    }

    /** Elements of all phases of a plane, as far as {@code rows} rows of windows see them. */
    int phasesSize(int rows) {
        return phases.size() * s.phase(rows).size();
    }

    /** The phases of the plane at {@code from} in x, from row {@code first} of windows on. */
    void split(float[] planes, float[] x, int from, int first, int rows) {
        Extent phase = s.phase(rows);
        for (int i = 0; i < phases.size(); i++) {
            int top = first * stride + i / phases.width() - padding;
            int left = i % phases.width() - padding;
            for (int q = 0; q < phase.height(); q++) {
                int to = (i * phase.height() + q) * phase.width();
                int row = top + q * stride;
                if (row < 0 || row >= s.plane().height()) {
                    Arrays.fill(planes, to, to + phase.width(), 0);
                } else {
                    splitRow(planes, to, x, from + row * s.plane().width(), left);
                }
            }
        }
    }

    /** Every stride-th pixel of a row from pixel {@code left} on, which may lie in the padding. */
    private void splitRow(float[] planes, int to, float[] x, int from, int left) {
        int width = s.phase(1).width();
        int begin = begin(left, width);
        int end = end(left, width);
        Arrays.fill(planes, to, to + begin, 0);
        if (stride == 1) {
            System.arraycopy(x, from + left + begin, planes, to + begin, end - begin);
        } else {
            for (int t = begin; t < end; t++) {
                planes[to + t] = x[from + left + t * stride];
            }
        }
        Arrays.fill(planes, to + end, to + width, 0);
    }

    /** The first place of a phase's row that is not padding. */
    private int begin(int left, int width) {
        return left >= 0 ? 0 : Math.min(width, ConvShape.ceil(-left, stride));
    }

    /** The end of its places that are not padding. */
    private int end(int left, int width) {
        int places = ConvShape.ceil(Math.max(0, s.plane().width() - left), stride);
        return Math.max(begin(left, width), Math.min(width, places));
    }

    /** The plane at {@code to} in dx from its phases; where no window looks, 0. */
    void join(float[] dx, int to, float[] planes, int from) {
        Extent phase = s.phase(s.out().height());
        if (stride > 1) {
            Arrays.fill(dx, to, to + s.plane().size(), 0);
        }
        for (int i = 0; i < phases.size(); i++) {
            int top = i / phases.width() - padding;
            int left = i % phases.width() - padding;
            for (int q = 0; q < phase.height(); q++) {
                int row = top + q * stride;
                if (row >= 0 && row < s.plane().height()) {
                    int at = from + (i * phase.height() + q) * phase.width();
                    joinRow(dx, to + row * s.plane().width() + left, planes, at, left);
                }
            }
        }
    }

    private void joinRow(float[] dx, int to, float[] planes, int from, int left) {
        int width = s.phase(1).width();
        int begin = begin(left, width);
        int end = end(left, width);
        if (stride == 1) {
            System.arraycopy(planes, from + begin, dx, to + begin, end - begin);
            return;
        }
        for (int t = begin; t < end; t++) {
            dx[to + t * stride] = planes[from + t];
        }
    }

    /**
     * The patches of one image: row u kw + v of {@code to}, {@code columns} apart, becomes what the windows' pixels (u, v) see.
     *
     * @param planes phases, from {@code from} on
     * @param to patches, from {@code at} on
     */
    void copy(float[] planes, int from, float[] to, int at, Block block) {
        Extent phase = s.phase(block.rows().count());
        int width = block.width();
        for (int tap = 0; tap < kernel.size(); tap++) {
            int source = from + place(tap, phase);
            int target = at + tap * block.columns();
            if (phase.width() == width) {
                System.arraycopy(planes, source, to, target, block.pixels());
                continue;
            }
            for (int row = 0; row < block.rows().count(); row++) {
                System.arraycopy(planes, source + row * phase.width(), to, target + row * width, width);
            }
        }
    }

    /** The adjoint: phases that begin at {@code to}, of whole planes, receive the patches from {@code at} on. */
    void add(float[] planes, int to, float[] from, int at, Block block) {
        Extent phase = s.phase(s.out().height());
        int width = block.width();
        for (int tap = 0; tap < kernel.size(); tap++) {
            int target = to + place(tap, phase) + block.rows().first() * phase.width();
            int source = at + tap * block.columns();
            for (int row = 0; row < block.rows().count(); row++) {
                addRow(planes, target + row * phase.width(), from, source + row * width, width);
            }
        }
    }

    private static void addRow(float[] y, int to, float[] x, int from, int count) {
        for (int i = 0; i < count; i++) {
            y[to + i] += x[from + i];
        }
    }

    /** Where the first window's pixel {@code tap} is among the phases. */
    private int place(int tap, Extent phase) {
        int u = tap / kernel.width();
        int v = tap % kernel.width();
        int which = u % stride * phases.width() + v % stride;
        return which * phase.size() + u / stride * phase.width() + v / stride;
    }
}
