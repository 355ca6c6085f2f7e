package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.NormShape;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Batch normalisation by groups of channels; see {@link NormGroupF32} for the order of the sums. */
final class NormF32 implements Normalising {
    private final Queue queue;

    NormF32(Queue queue) {
        this.queue = queue;
    }

    /** What is done with one group of channels. */
    private interface Task {
        void run(NormGroupF32 group);
    }

    private void submit(Task task, int passes, View[] written, NormConstantsF32 constants, View... read) {
        View x = constants.of().x();
        NormShape shape = NormShape.of(x);
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                task.run(new NormGroupF32(shape, item, scratch));
            }
        };
        queue.submit(job, NormGroupF32.pieces(shape), passes * x.blockSize(), written, constants.views(read));
    }

    @Override
    public void forward(View y, Normed of) {
        NormConstantsF32 constants = NormConstantsF32.of(of);
        BlocksF32 out = BlocksF32.of(y);
        Task task = group -> {
            moments(group, constants);
            normalise(group, constants, out);
        };
        submit(task, 8, writes(y, of.moments().mean(), of.moments().variance()), constants);
    }

    private static void moments(NormGroupF32 group, NormConstantsF32 constants) {
        Normed of = constants.of();
        BlocksF32 x = BlocksF32.of(of.x());
        BlocksF64 mean = BlocksF64.of(of.moments().mean());
        double values = NormShape.of(of.x()).values();
        NormRowsF32 rows = group.rows;
        group.total(1, (at, width) -> {}, (at, width) -> {
            group.load(x, at, rows.x, width);
            rows.addValues(width);
        });
        group.put(0, values, mean);
        group.total(1, (at, width) -> group.fillCentres(at, width, mean), (at, width) -> {
            group.load(x, at, rows.x, width);
            rows.addSquares(width);
        });
        group.put(0, values, BlocksF64.of(of.moments().variance()));
    }

    @Override
    public void normalise(View y, Normed of) {
        NormConstantsF32 constants = NormConstantsF32.of(of);
        BlocksF32 out = BlocksF32.of(y);
        submit(group -> normalise(group, constants, out), 4, writes(y), constants);
    }

    private static void normalise(NormGroupF32 group, NormConstantsF32 constants, BlocksF32 out) {
        BlocksF32 x = BlocksF32.of(constants.of().x());
        NormRowsF32 rows = group.rows;
        group.blocks((begin, length) -> {
            constants.fill(group, begin, length);
            group.examples(begin, length, (at, width) -> {
                group.load(x, at, rows.x, width);
                rows.standardise(width);
                rows.applyAffine(width);
                group.store(out, at, rows.x, width);
            });
        });
    }

    @Override
    public void backward(View dx, Affine gradient, View dy, Normed of, boolean training) {
        NormConstantsF32 constants = NormConstantsF32.of(of);
        BlocksF32 x = BlocksF32.of(of.x());
        BlocksF32 signal = BlocksF32.of(dy);
        BlocksF32 out = BlocksF32.of(dx);
        BlocksF32 scales = BlocksF32.of(gradient.scale());
        BlocksF32 shifts = BlocksF32.of(gradient.shift());
        Task task = group -> {
            products(group, constants, x, signal);
            group.put(1, scales);
            group.put(0, shifts);
            group.blocks((begin, length) -> {
                constants.fill(group, begin, length);
                constants.fillSlopes(group, begin, length);
                group.examples(begin, length, (at, width) -> {
                    group.load(signal, at, group.rows.g, width);
                    if (training) {
                        group.load(x, at, group.rows.x, width);
                        group.rows.standardise(width);
                        group.rows.slopes(width);
                    } else {
                        group.rows.givenSlopes(width);
                    }
                    group.store(out, at, group.rows.g, width);
                });
            });
        };
        submit(task, 8, writes(dx, gradient.scale(), gradient.shift()), constants, dy);
    }

    /** Totals 0 and 1: sum g and sum g xhat. */
    private static void products(NormGroupF32 group, NormConstantsF32 constants, BlocksF32 x, BlocksF32 g) {
        NormRowsF32 rows = group.rows;
        group.total(2, (at, width) -> constants.fill(group, at, width), (at, width) -> {
            group.load(x, at, rows.x, width);
            group.load(g, at, rows.g, width);
            rows.standardise(width);
            rows.addProducts(width);
        });
    }

    @Override
    public void tangent(View ty, Optional<TangentMoments> moments, Direction direction, Normed of) {
        NormConstantsF32 constants = new NormConstantsF32(of, Optional.of(direction), moments);
        BlocksF32 x = BlocksF32.of(of.x());
        BlocksF32 tx = BlocksF32.of(direction.x());
        BlocksF32 out = BlocksF32.of(ty);
        double values = NormShape.of(of.x()).values();
        Task task = group -> {
            moments.ifPresent(m -> {
                products(group, constants, x, tx);
                group.put(0, values, BlocksF64.of(m.mean()));
                group.put(1, values, BlocksF64.of(m.product()));
            });
            group.blocks((begin, length) -> {
                constants.fill(group, begin, length);
                constants.fillTangents(group, begin, length);
                group.examples(begin, length, (at, width) -> {
                    loadMoved(group, constants, at, width);
                    group.rows.applyTangent(width);
                    group.store(out, at, group.rows.tx, width);
                });
            });
        };
        submit(task, 8, moments.map(m -> writes(ty, m.mean(), m.product())).orElse(writes(ty)), constants);
    }

    /** xhat and txhat of a piece. */
    private static void loadMoved(NormGroupF32 group, NormConstantsF32 constants, int at, int width) {
        NormRowsF32 rows = group.rows;
        group.load(BlocksF32.of(constants.of().x()), at, rows.x, width);
        group.load(BlocksF32.of(constants.direction().orElseThrow().x()), at, rows.tx, width);
        rows.standardise(width);
        if (constants.moments().isPresent()) {
            rows.move(width);
        } else {
            rows.moveGiven(width);
        }
    }

    @Override
    public void backwardTangent(
            View tdx,
            Affine gradient,
            Signal signal,
            Optional<TangentMoments> moments,
            Direction direction,
            Normed of) {
        NormConstantsF32 constants = new NormConstantsF32(of, Optional.of(direction), moments);
        BlocksF32 out = BlocksF32.of(tdx);
        BlocksF32 scales = BlocksF32.of(gradient.scale());
        BlocksF32 shifts = BlocksF32.of(gradient.shift());
        Task task = group -> {
            group.total(4, (at, width) -> fillBoth(group, constants, at, width), (at, width) -> {
                loadAll(group, constants, signal, at, width);
                group.rows.addProducts(width);
                group.rows.addTangentProducts(width);
            });
            group.put(3, scales);
            group.put(2, shifts);
            group.blocks((begin, length) -> {
                fillBoth(group, constants, begin, length);
                moments.ifPresent(m -> constants.fillTangentSlopes(group, begin, length));
                group.examples(begin, length, (at, width) -> {
                    loadAll(group, constants, signal, at, width);
                    tangentSlopes(group.rows, moments.isPresent(), width);
                    group.store(out, at, group.rows.tg, width);
                });
            });
        };
        View[] written = writes(tdx, gradient.scale(), gradient.shift());
        submit(task, 16, written, constants, signal.value(), signal.tangent());
    }

    private static void fillBoth(NormGroupF32 group, NormConstantsF32 constants, int at, int width) {
        constants.fill(group, at, width);
        constants.fillTangents(group, at, width);
    }

    private static void loadAll(NormGroupF32 group, NormConstantsF32 constants, Signal signal, int at, int width) {
        loadMoved(group, constants, at, width);
        group.load(BlocksF32.of(signal.value()), at, group.rows.g, width);
        group.load(BlocksF32.of(signal.tangent()), at, group.rows.tg, width);
    }

    private static void tangentSlopes(NormRowsF32 rows, boolean training, int width) {
        if (training) {
            rows.tangentSlopes(width);
        } else {
            rows.givenTangentSlopes(width);
        }
    }
}
