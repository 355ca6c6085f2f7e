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
        for (int part = 0; part < s.parts(); part++) {
            own.compute(0, part, scratch);
        }
    }

    private void inLibrary() {
        start.ifPresent(row -> repeat(c.overwritten(), c.at(), c.count(), row));
        boolean begun = start.isPresent();
        Operands in = new Operands(c.changedInNative(begun), a.inNative(), b.inNative());
        for (int i = 0; i < s.parts(); i++) {
            ProductShape.Part part = s.part(i);
            int step = s.termsAtOnce(part);
            for (int p = 0; p < s.depth(); p += step) {
                ProductShape terms = s.ofTerms(Math.min(step, s.depth() - p));
                in.multiply(
                        new Blas.Call(terms, part, leading(s.ai(), s.ap()), leading(s.bj(), s.bp()), s.columns()),
                        p,
                        begun || p > 0 ? 1 : 0);
            }
        }
    }

    private static int leading(int one, int other) {
        return Math.max(one, other);
    }

    /** All three in native memory, whole. */
    private record Operands(NativeCopy c, NativeCopy a, NativeCopy b) {
        void multiply(Blas.Call call, int p, float beta) {
            ProductShape s = call.s();
            ProductShape.Part part = call.part();
            var out = c.from(part.firstRow() * s.columns() + part.firstColumn(), LIKE);
            var left = a.from(part.firstRow() * s.ai() + p * s.ap(), LIKE);
            var right = b.from(part.firstColumn() * s.bj() + p * s.bp(), LIKE);
            Blas.multiply(call, beta, out, left, right);
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
