package dev.rectifier.bench.training;

import dev.rectifier.bench.Lap;
import dev.rectifier.bench.LapTimer;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.TrainingLoop;

/** Our loop, held to the same loop on the reference engine: both compute in fp64. */
final class LoopTrial implements Trial {
    private static final double UNIT = 0x1p-53;
    /** Products behind one another in a layer of a step: a pass forward, averages, and the signal's way back. */
    private static final int PRODUCTS = 6;

    private final Rig rig;
    private final LoopCase.Maker maker;
    private final long batch;
    private final Arena data;
    private final TrainingLoop loop;
    private final LapTimer timer;

    LoopTrial(Rig rig, LoopCase.Maker maker, long batch) {
        this.rig = rig;
        this.maker = maker;
        this.batch = batch;
        data = rig.engine().openArena("bench data");
        try {
            loop = maker.open(rig.engine(), data);
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
        timer = new LapTimer(rig.engine(), rig.nanoClock());
    }

    @Override
    public Verification verify() {
        HostTensor start = parameters(loop);
        loop.advance(TrainingCheck.STEPS);
        HostTensor ours = parameters(loop);
        String against = TrainingCheck.STEPS + " steps of the same loop on the cpu engine";
        Verification worst = new Verification(0, 1, against);
        HostTensor exact = exact();
        int size = Math.toIntExact(start.shape().dim(1));
        for (int r = 0; r < start.shape().dim(0); r++) {
            worst = worst.and(compared(start, ours, exact, r * size, size));
        }
        return new Verification(worst.error(), worst.bound(), against);
    }

    private HostTensor exact() {
        Engine reference = rig.reference();
        try (Arena inputs = reference.openArena("bench data");
                TrainingLoop same = maker.open(reference, inputs)) {
            same.advance(TrainingCheck.STEPS);
            return parameters(same);
        }
    }

    private static HostTensor parameters(TrainingLoop of) {
        return of.parameters().flat().download();
    }

    /** The way of one replica against the way it should have gone. */
    private Verification compared(HostTensor start, HostTensor ours, HostTensor exact, int from, int size) {
        double difference = 0;
        double way = 0;
        double norm = 0;
        for (int i = from; i < from + size; i++) {
            difference += square(ours.get(i) - exact.get(i));
            way += square(exact.get(i) - start.get(i));
            norm += square(start.get(i));
        }
        double error = Math.sqrt(difference / way);
        return new Verification(
                Double.isFinite(error) ? error : Double.POSITIVE_INFINITY, bound(Math.sqrt(norm / way)), "");
    }

    private static double square(double x) {
        return x * x;
    }

    /** Errors of the products of every step, and of the weights' own roundings; see {@link TrainingCheck}. */
    private double bound(double startOverWay) {
        MlpSpec student = loop.student().spec();
        long depth = batch;
        for (int l = 0; l < student.layers(); l++) {
            depth = Math.max(depth, student.fanIn(l));
        }
        double product = UNIT * (16 + 4 * Math.sqrt((double) depth));
        double gradient = TrainingCheck.STEPS * (double) PRODUCTS * student.layers() * product;
        return gradient + 2 * Math.sqrt(TrainingCheck.STEPS) * UNIT * startOverWay;
    }

    @Override
    public Lap run(long calls) {
        return timer.time(calls, () -> loop.advance(calls));
    }

    @Override
    public double launchesPerCall() {
        return timer.launchesPerCall();
    }

    @Override
    public String objection() {
        long failures =
                loop.status().stream().filter(status -> status.hasFailed()).count();
        return failures == 0 ? "" : failures + " replicas stopped, their numbers no longer finite: the rest ran faster";
    }

    @Override
    public String note() {
        return loop.way();
    }

    @Override
    public void close() {
        timer.close();
        loop.close();
        data.close();
    }
}
