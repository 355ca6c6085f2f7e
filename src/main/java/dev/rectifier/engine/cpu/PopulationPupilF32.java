package dev.rectifier.engine.cpu;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.UpdateRule;
import java.util.Optional;

/**
 * One student at a time through a stretch of steps on all Gaussian inputs; {@code cuda/resident_population.cu} is the same, and
 * says why the loss is finite without a look where no parameter is beyond 2^200.
 */
final class PopulationPupilF32 {
    private static final double TAME = 0x1p200;
    private static final double TAME_SCALE = 0x1p100;

    private final ResidentTask task;
    private final PopulationNets nets;
    private final UpdateRule rule;
    private final Optional<Words> mask;
    private final UnitPairs pairs;
    private final double[] wide;
    private final double[] slope;
    private final MoveF32 move;
    private final float[] none = {0};
    private double loss;

    PopulationPupilF32(ResidentTask task) {
        this.task = task;
        nets = task.populationNets();
        rule = task.rule();
        mask = task.state().parameters().mask().map(Words::of);
        pairs = new UnitPairs(nets);
        int count = Math.toIntExact(nets.studentParameters());
        wide = new double[Math.max(count, Math.toIntExact(nets.teacherParameters()))];
        slope = new double[count];
        move = new MoveF32(new float[count], slots(count), slots(count), count);
    }

    private MoveF32.Slots slots(int count) {
        float[] m = new float[rule.stateSlots() > 0 ? count : 0];
        float[] v = new float[rule.stateSlots() > 1 ? count : 0];
        return new MoveF32.Slots(new float[count], m, v);
    }

    /** All of a stretch; a replica that stands still is looked at once. */
    void train(int replica, Stretch stretch) {
        HealthMarks marks = HealthMarks.of(task.state().health());
        boolean boundless = !(loadTeacher(replica) && Math.abs(stretch.lossScale()) <= TAME_SCALE);
        move.old().load(task.state().parameters(), replica);
        if (marks.frozen(replica)) {
            evaluate(stretch.lossScale(), true);
            keep(replica, stretch, 0);
        } else {
            descend(replica, stretch, boundless, marks);
            move.old().store(task.state().parameters(), replica);
        }
        BlocksF32 gradient = BlocksF32.of(task.state().parameters().gradient());
        System.arraycopy(move.g(), 0, gradient.array(), gradient.at(replica), move.count());
        BlocksF64 losses = BlocksF64.of(task.state().loss());
        losses.array()[losses.at(replica)] = loss;
    }

    private void descend(int replica, Stretch stretch, boolean boundless, HealthMarks marks) {
        int slot = 0;
        for (int s = 0; s < stretch.steps(); s++) {
            boolean kept = isDue(stretch, slot, s);
            FreezeCause cause = step(replica, stretch, s, boundless || kept || s == stretch.steps() - 1);
            if (cause != FreezeCause.NONE) {
                marks.freeze(replica, cause, stretch.first() + s);
                keep(replica, stretch, slot);
                return;
            }
            if (kept) {
                keep(replica, stretch.ring().orElseThrow(), slot++);
            }
        }
    }

    /** Whether the next slot to be filled is that of step {@code s}. */
    private static boolean isDue(Stretch stretch, int slot, int s) {
        if (stretch.ring().isEmpty()) {
            return false;
        }
        int[] after = stretch.ring().get().after();
        return slot < after.length && after[slot] == s + 1;
    }

    /** What stands still fills all slots that are left. */
    private void keep(int replica, Stretch stretch, int first) {
        stretch.ring().ifPresent(ring -> {
            for (int slot = first; slot < ring.after().length; slot++) {
                keep(replica, ring, slot);
            }
        });
    }

    private void keep(int replica, Ring ring, int slot) {
        BlocksF32 weights = BlocksF32.of(ring.weights(slot));
        System.arraycopy(move.old().w(), 0, weights.array(), weights.at(replica), move.count());
        BlocksF64 losses = BlocksF64.of(ring.losses(slot));
        losses.array()[losses.at(replica)] = loss;
    }

    /** One step if it can be taken, else why not; {@code told}: the loss is wanted. */
    private FreezeCause step(int replica, Stretch stretch, int s, boolean told) {
        BlocksF64 hyper = BlocksF64.of(task.state().hyper());
        StepScalars scalars =
                new StepScalars(hyper.array(), hyper.at(replica), stretch.factors()[s], stretch.first() + s);
        boolean exact = told || !isTame(move.old().w(), 0, move.count());
        evaluate(stretch.lossScale(), exact);
        FreezeCause cause = form(replica, scalars);
        if (cause != FreezeCause.NONE && !exact) {
            evaluate(stretch.lossScale(), true);
            cause = form(replica, scalars);
        }
        if (cause == FreezeCause.NONE) {
            move.commit();
            project();
        }
        return cause;
    }

    /** Gradient, and the loss if it is wanted; else 0. */
    private void evaluate(double scale, boolean exact) {
        float[] w = move.old().w();
        for (int i = 0; i < w.length; i++) {
            wide[i] = w[i];
        }
        pairs.units().load(wide, 0, nets.student());
        if (exact) {
            loss = pairs.evaluate(slope, scale);
        } else {
            pairs.slopes(slope, scale);
            loss = 0;
        }
        float[] g = move.g();
        for (int i = 0; i < g.length; i++) {
            g[i] = (float) slope[i];
        }
    }

    /** The new numbers beside the old ones, or why they cannot be. */
    private FreezeCause form(int replica, StepScalars scalars) {
        if (!Double.isFinite(loss)) {
            return FreezeCause.LOSS;
        }
        if (!FiniteF32.all(move.g(), 0, move.count())) {
            return FreezeCause.GRADIENT;
        }
        move.form(rule, scalars);
        mask.ifPresent(words -> move.restore(rule, words, words.at(replica)));
        MoveF32.Slots made = move.made();
        boolean finite = FiniteF32.all(made.w(), 0, made.w().length)
                && FiniteF32.all(made.m(), 0, made.m().length)
                && FiniteF32.all(made.v(), 0, made.v().length);
        return finite ? FreezeCause.NONE : FreezeCause.WEIGHT;
    }

    private void project() {
        for (int layer : task.unitNormLayers()) {
            int in = task.student().in(layer);
            int from = layer == 0 ? 0 : nets.student() * nets.inputs();
            for (int k = 0; k < task.student().out(layer); k++) {
                UpdateF32.normalize(move.old().w(), from + k * in, in, none, 0);
            }
        }
    }

    /** Brings in the teacher's units; whether its numbers are within the bound. */
    private boolean loadTeacher(int replica) {
        BlocksF32 teacher = BlocksF32.of(task.teacher().orElseThrow().parameters());
        int count = Math.toIntExact(nets.teacherParameters());
        int at = teacher.at(replica);
        for (int i = 0; i < count; i++) {
            wide[i] = teacher.array()[at + i];
        }
        pairs.units().load(wide, nets.student(), nets.teacher());
        return isTame(teacher.array(), at, count);
    }

    /** False for a NaN. */
    private static boolean isTame(float[] w, int from, int count) {
        boolean tame = true;
        for (int i = from; i < from + count; i++) {
            tame &= Math.abs(w[i]) <= TAME;
        }
        return tame;
    }
}
