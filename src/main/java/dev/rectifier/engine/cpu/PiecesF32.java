package dev.rectifier.engine.cpu;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.GuardedUpdate;
import java.util.Arrays;

/**
 * A guarded step of large replicas in two rounds over pieces of their parameters. The first round forms every new number and
 * throws it away: it finds out which replicas may move. The second forms them again and keeps them; that is less work than
 * to hold a second set of parameters, since a piece comes from memory once a round and is looked at in the cache.
 */
final class PiecesF32 {
    private final GuardedUpdate update;
    private final StepArraysF32 arrays;
    private final BlocksF64 losses;
    private final BlocksF64 settings;
    private final HealthMarks marks;
    private final int size;
    private final double factor;
    private final long step;
    private final FreezeCause[] found;

    /** @param size parameters of a piece, a multiple of 32 */
    PiecesF32(GuardedUpdate update, int size, double factor, long step) {
        this.update = update;
        this.size = size;
        this.factor = factor;
        this.step = step;
        arrays = StepArraysF32.of(update.parameters());
        losses = BlocksF64.of(update.loss());
        settings = BlocksF64.of(update.hyper());
        marks = HealthMarks.of(update.health());
        found = new FreezeCause
                [perReplica() * (int) update.parameters().weights().replicas()];
        Arrays.fill(found, FreezeCause.NONE);
    }

    int perReplica() {
        return (arrays.count() + size - 1) / size;
    }

    /** First round, items {@code first .. last - 1}; item i is piece {@code i % perReplica()} of a replica. */
    void look(int first, int last, Scratch scratch) {
        for (int item = first; item < last; item++) {
            int r = item / perReplica();
            if (!marks.frozen(r)) {
                found[item] = find(r, piece(item, scratch));
            }
        }
    }

    private FreezeCause find(int r, StepF32 piece) {
        if (!Double.isFinite(losses.array()[losses.at(r)])) {
            return FreezeCause.LOSS;
        }
        if (!piece.finiteGradient()) {
            return FreezeCause.GRADIENT;
        }
        piece.form(update.rule(), scalars(r));
        return piece.finite(update.rule()) ? FreezeCause.NONE : FreezeCause.WEIGHT;
    }

    private StepF32 piece(int item, Scratch scratch) {
        int at = item % perReplica() * size;
        return new StepF32(arrays, item / perReplica(), at, Math.min(size, arrays.count() - at), scratch);
    }

    private StepScalars scalars(int r) {
        return new StepScalars(settings.array(), settings.at(r), factor, step);
    }

    /** Second round. */
    void move(int first, int last, Scratch scratch) {
        int known = -1;
        FreezeCause cause = FreezeCause.NONE;
        for (int item = first; item < last; item++) {
            int r = item / perReplica();
            if (marks.frozen(r)) {
                continue; // before this step, or a moment ago by piece 0: neither is to move
            }
            if (r != known) {
                cause = cause(r);
                known = r;
            }
            if (cause == FreezeCause.NONE) {
                StepF32 piece = piece(item, scratch);
                piece.form(update.rule(), scalars(r));
                piece.commit(update.rule());
            } else if (item % perReplica() == 0) {
                marks.freeze(r, cause, step);
            }
        }
    }

    /** What the guard would have named: a gradient before a weight, in whatever pieces they were found. */
    private FreezeCause cause(int r) {
        FreezeCause cause = FreezeCause.NONE;
        for (int i = r * perReplica(); i < (r + 1) * perReplica(); i++) {
            if (found[i] != FreezeCause.NONE && cause != FreezeCause.GRADIENT) {
                cause = found[i];
            }
        }
        return cause;
    }
}
