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

    PackF32(ResidentTask task, int examples, int capacity) {
        this.task = task;
        int count = Math.toIntExact(task.student().parameters());
        w = LanesF32.rows(count, capacity);
        state = LanesF32.rows(task.rule().stateSlots() * count, capacity);
        feed = new FeedLanesF32(task, examples, capacity);
        net = new NetLanesF32(task.student(), examples, w, feed.x());
        gradient = new GradientLanesF32(task.student(), examples, w, net);
        loss = new LossLanesF32(task.loss(), examples, task.student().outputs(), capacity);
        rates = new RatesF32(task.rule(), capacity);
        update = new UpdateLanesF32(task.rule(), rates, w, gradient.gradient(), state);
        mask = new MaskLanesF32(task, w, state, capacity);
        norms = new NormLanesF32(task, w, capacity);
        bad = new float[capacity];
    }

    @Override
    public void load(PackLanes lanes) {
        Parameters parameters = task.state().parameters();
        BlocksF32 weights = BlocksF32.of(parameters.weights());
        BlocksF32 slots = BlocksF32.of(parameters.state());
        for (int l = 0; l < lanes.count(); l++) {
            FeedLanesF32.scatter(w, l, weights.array(), weights.at(lanes.replica(l)), w.length);
            FeedLanesF32.scatter(state, l, slots.array(), slots.at(lanes.replica(l)), state.length);
        }
        feed.load(task, lanes);
        mask.load(lanes);
        rates.forget();
        loss.clear();
        Arrays.fill(bad, 0);
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
        if (mask.isEmpty()) {
            for (int p = 0; p < w.length; p++) {
                update.step(p, lanes.count());
            }
            return;
        }
        for (int p = 0; p < w.length; p++) {
            mask.step(p, update, gradient.gradient()[p], bad, lanes.count());
        }
    }

    @Override
    public void project(PackLanes lanes) {
        norms.apply(lanes.count());
    }

    @Override
    public boolean[] suspects(PackLanes lanes) {
        for (float[] row : w) {
            LanesF32.poison(bad, row, lanes.count());
        }
        for (float[] row : state) {
            LanesF32.poison(bad, row, lanes.count());
        }
        boolean[] suspects = new boolean[lanes.count()];
        for (int l = 0; l < lanes.count(); l++) {
            suspects[l] = bad[l] != 0 || loss.isBad(l);
        }
        return suspects;
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

    private static boolean finite(float[][] rows) {
        for (float[] row : rows) {
            if (!FiniteF32.all(row, 0, 1)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void storeState(int lane, int replica) {
        BlocksF32 weights = BlocksF32.of(task.state().parameters().weights());
        BlocksF32 slots = BlocksF32.of(task.state().parameters().state());
        FeedLanesF32.gather(weights.array(), weights.at(replica), w, lane, w.length);
        FeedLanesF32.gather(slots.array(), slots.at(replica), state, lane, state.length);
    }

    @Override
    public void storeLoss(int lane, int replica, double scale) {
        BlocksF64 losses = BlocksF64.of(task.state().loss());
        BlocksF32 slopes = BlocksF32.of(task.state().parameters().gradient());
        losses.array()[losses.at(replica)] = scale * loss.sums()[lane];
        FeedLanesF32.gather(slopes.array(), slopes.at(replica), gradient.gradient(), lane, w.length);
    }
}
