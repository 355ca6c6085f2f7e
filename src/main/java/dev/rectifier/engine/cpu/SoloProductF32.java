package dev.rectifier.engine.cpu;

import java.util.Optional;

/** One replica's product between operands that stay with a thread: the arithmetic of {@link ProductF32}. */
final class SoloProductF32 {
    private static final float[] LIKE = {};

    private final ProductShape s;
    private final OperandF32 c;
    private final OperandF32 a;
    private final OperandF32 b;
    private final Optional<OperandF32> start;
    private final ProductF32 own;
    private final boolean toLibrary;
    private final Scratch scratch = new Scratch();

    /** c = start + a b; {@code start} is a row, or empty for zeros. */
    SoloProductF32(ProductShape s, OperandF32 c, OperandF32 a, OperandF32 b, Optional<OperandF32> start) {
        this.s = s;
        this.c = c;
        this.a = a;
        this.b = b;
        this.start = start;
        toLibrary = Blas.takes(s);
        BlocksF32 row = start.map(SoloProductF32::block).orElse(DenseF32.ZEROS);
        own = new ProductF32(s, block(c), block(a), block(b), row);
    }

    private static BlocksF32 block(OperandF32 operand) {
        return new BlocksF32(operand.array(), operand.at(), 0);
    }

    void compute() {
        if (toLibrary) {
            inLibrary();
            return;
        }
        a.array();
        b.array();
        start.ifPresent(OperandF32::array);
        c.overwritten();
        for (int panel = 0; panel < s.panels(); panel++) {
            own.compute(0, panel, scratch);
        }
    }

    private void inLibrary() {
        start.ifPresent(row -> repeat(c.overwritten(), c.at(), c.count(), row));
        boolean begun = start.isPresent();
        NativeCopy left = a.inNative();
        NativeCopy right = b.inNative();
        NativeCopy out = c.changedInNative(begun);
        for (int panel = 0; panel < s.panels(); panel++) {
            int first = s.firstRow(panel);
            var to = out.from(first * s.columns(), LIKE);
            var rows = left.from(first * s.ai(), LIKE);
            Blas.multiply(s, s.rowsOf(panel), begun ? 1 : 0, to, rows, right.from(0, LIKE));
        }
    }

    /** Every row of a block becomes {@code row}: what is there already is doubled. */
    private static void repeat(float[] y, int at, int count, OperandF32 row) {
        int done = Math.min(count, row.count());
        System.arraycopy(row.array(), row.at(), y, at, done);
        while (done < count) {
            int more = Math.min(done, count - done);
            System.arraycopy(y, at, y, at + done, more);
            done += more;
        }
    }
}
