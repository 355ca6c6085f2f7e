package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.UpdateRule;
import java.util.Arrays;

/**
 * Some replicas that train side by side, one per lane, with all their numbers in rows of this object.
 *
 * <p>A stretch is first done without looking: infinities and NaN never leave a weight again, so one look at the end tells
 * the lanes in which something happened. Those are done once more, alone, from the state before the stretch, with a look
 * after every step.
 */
final class PackF32 implements CrewF32 {
    private final ResidentTask task;
    private final LaneLayout layout;
    private final FeedLanesF32 feed;
    private final NetLanesF32 net;
    private final GradientLanesF32 gradient;
    private final LossLanesF32 loss;
    private final RatesF32 rates;
    private final UpdateLanesF32 update;
    private final MaskLanesF32 mask;
    private final NormLanesF32 norms;
    private final float[][] w;
    private final float[][] state;
    private final float[] bad;
    private int count; // lanes in use

    PackF32(ResidentTask task, int examples, int capacity) {
        this.task = task;
        layout = LaneLayout.of(task.student());
        w = LanesF32.padded(layout, capacity);
        state = state(layout, task.rule().stateSlots(), capacity);
        feed = new FeedLanesF32(task, examples, capacity);
        net = new NetLanesF32(task.student(), examples, capacity, w, feed.x());
        gradient = new GradientLanesF32(net, examples, capacity);
        loss = new LossLanesF32(task.loss(), examples, task.student().outputs(), capacity);
        rates = new RatesF32(task.rule(), layout.mostUnits(), capacity);
        update = new UpdateLanesF32(task.rule(), rates, w, gradient.gradient(), state);
        mask = new MaskLanesF32(task, layout, w, state, capacity);
        norms = new NormLanesF32(task, layout, w, capacity);
        bad = LanesF32.padded(1, layout.mostUnits() * capacity)[0];
    }

    private static float[][] state(LaneLayout layout, int slots, int capacity) {
        float[][] rows = new float[slots * layout.rows()][];
        for (int s = 0; s < slots; s++) {
            System.arraycopy(LanesF32.padded(layout, capacity), 0, rows, s * layout.rows(), layout.rows());
        }
        return rows;
    }

    @Override
    public void load(PackLanes lanes) {
        count = lanes.count();
        Parameters parameters = task.state().parameters();
        BlocksF32 weights = BlocksF32.of(parameters.weights());
        BlocksF32 slots = BlocksF32.of(parameters.state());
        for (int l = 0; l < count; l++) {
            int replica = lanes.replica(l);
            FeedLanesF32.scatter(w, layout, l, count, weights.array(), weights.at(replica));
            for (int s = 0; s < task.rule().stateSlots(); s++) {
                int at = slots.at(replica) + s * layout.parameters();
                FeedLanesF32.scatter(slot(s), layout, l, count, slots.array(), at);
            }
        }
        feed.load(task, lanes);
        mask.load(lanes);
        rates.forget();
        loss.clear();
        Arrays.fill(bad, 0);
    }

    /** The rows of an optimiser's moment. */
    private float[][] slot(int s) {
        return Arrays.copyOfRange(state, s * layout.rows(), (s + 1) * layout.rows());
    }

    @Override
    public void train(Feed from, Stretch stretch, PackLanes lanes) {
        int ahead = feed.stepsAtOnce();
        for (int s = 0; s < stretch.steps(); s++) {
            if (s % ahead == 0) {
                feed.lookAhead(from, lanes, stretch.first() + s, Math.min(ahead, stretch.steps() - s));
            }
            step(from, stretch, s, lanes, s == stretch.steps() - 1);
        }
    }

    @Override
    public void look(Feed from, Stretch stretch, int s, PackLanes lanes) {
        feed.lookAhead(from, lanes, stretch.first() + s, 1);
        forward(from, stretch, s, lanes);
        gradient.backward(lanes.count(), true);
    }

    private void forward(Feed from, Stretch stretch, int s, PackLanes lanes) {
        feed.fill(from, lanes, stretch.first() + s);
        net.forward(lanes.count());
        loss.evaluate(gradient.outputSignal(), net.output(), feed, stretch.lossScale(), lanes.count());
    }

    private void step(Feed from, Stretch stretch, int s, PackLanes lanes, boolean wholeGradient) {
        forward(from, stretch, s, lanes);
        prepareMove(stretch, s, lanes);
        if (!wholeGradient && movesOnTheWay(from)) {
            gradient.descend(rates.rate(), lanes.count());
        } else {
            gradient.backward(lanes.count(), false);
            update(lanes);
        }
        norms.apply(lanes.count());
    }

    private boolean movesOnTheWay(Feed from) {
        return from.examples() == 1 && task.rule() == UpdateRule.SGD && rates.isPlain() && mask.isEmpty();
    }

    private void prepareMove(Stretch stretch, int s, PackLanes lanes) {
        rates.prepare(BlocksF64.of(task.state().hyper()), lanes, stretch.factors()[s], stretch.first() + s);
    }

    @Override
    public void move(Stretch stretch, int s, PackLanes lanes) {
        prepareMove(stretch, s, lanes);
        update(lanes);
    }

    private void update(PackLanes lanes) {
        for (int p = 0; p < w.length; p++) {
            int length = layout.units()[p] * lanes.count();
            if (mask.isEmpty()) {
                update.step(p, length);
            } else {
                mask.step(p, update, gradient.gradient()[p], bad, length);
            }
        }
    }

    @Override
    public void project(PackLanes lanes) {
        norms.apply(lanes.count());
    }

    @Override
    public boolean[] suspects(PackLanes lanes) {
        poison(w);
        poison(state);
        boolean[] suspects = new boolean[count];
        for (int l = 0; l < count; l++) {
            suspects[l] = loss.isBad(l);
        }
        for (int i = 0; i < layout.mostUnits() * count; i++) {
            suspects[i % count] |= bad[i] != 0;
        }
        return suspects;
    }

    private void poison(float[][] rows) {
        for (int i = 0; i < rows.length; i++) {
            LanesF32.poison(bad, rows[i], layout.units()[i % w.length] * count);
        }
    }

    @Override
    public boolean finiteLoss(double scale) {
        return Double.isFinite(scale * loss.sums()[0]);
    }

    @Override
    public boolean finiteGradient() {
        return finite(gradient.gradient());
    }

    @Override
    public boolean finiteState() {
        return finite(w) && finite(state);
    }

    private boolean finite(float[][] rows) {
        for (int i = 0; i < rows.length; i++) {
            if (!FiniteF32.all(rows[i], 0, layout.units()[i % w.length])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void storeState(int lane, int replica) {
        BlocksF32 weights = BlocksF32.of(task.state().parameters().weights());
        BlocksF32 slots = BlocksF32.of(task.state().parameters().state());
        FeedLanesF32.gather(weights.array(), weights.at(replica), w, layout, lane, count);
        for (int s = 0; s < task.rule().stateSlots(); s++) {
            int at = slots.at(replica) + s * layout.parameters();
            FeedLanesF32.gather(slots.array(), at, slot(s), layout, lane, count);
        }
    }

    @Override
    public void storeLoss(int lane, int replica, double scale) {
        BlocksF64 losses = BlocksF64.of(task.state().loss());
        BlocksF32 slopes = BlocksF32.of(task.state().parameters().gradient());
        losses.array()[losses.at(replica)] = scale * loss.sums()[lane];
        FeedLanesF32.gather(slopes.array(), slopes.at(replica), gradient.gradient(), layout, lane, count);
    }
}
