package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.engine.View;

/** Widens the parameters, lets {@link UnitPairs} compute in fp64, and rounds the gradient once. */
final class PopulationF32 implements PopulationOps {
    private static final int PAIRS = 0;
    private static final int PARAMETERS = 1;
    private static final int GRADIENT = 2;
    private static final long PAIR = 40; // elementary operations of the arc tangent and the roots

    private final Queue queue;

    PopulationF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public void squaredRelu(View loss, View gradient, View student, View teacher, PopulationNets nets, double scale) {
        BlocksF64 losses = BlocksF64.of(loss);
        BlocksF32 slopes = BlocksF32.of(gradient);
        BlocksF32 students = BlocksF32.of(student);
        BlocksF32 teachers = BlocksF32.of(teacher);
        int p = (int) nets.studentParameters();
        int taught = (int) nets.teacherParameters();
        Job job = (first, last, scratch) -> {
            UnitPairs pairs = pairs(scratch, nets);
            double[] wide = scratch.doubles(PARAMETERS, Math.max(p, taught));
            double[] slope = scratch.doubles(GRADIENT, p);
            for (int r = first; r < last; r++) {
                widen(teachers, r, wide, taught);
                pairs.units().load(wide, nets.student(), nets.teacher());
                widen(students, r, wide, p);
                pairs.units().load(wide, 0, nets.student());
                losses.array()[losses.at(r)] = pairs.evaluate(slope, scale);
                round(slope, slopes, r, p);
            }
        };
        queue.submit(job, cost(nets), writes(loss, gradient), student, teacher);
    }

    private static UnitPairs pairs(Scratch scratch, PopulationNets nets) {
        if (scratch.held(PAIRS) instanceof UnitPairs pairs && pairs.nets().equals(nets)) {
            return pairs;
        }
        UnitPairs fresh = new UnitPairs(nets);
        scratch.hold(PAIRS, fresh);
        return fresh;
    }

    private static void widen(BlocksF32 from, int r, double[] to, int count) {
        int at = from.at(r);
        for (int i = 0; i < count; i++) {
            to[i] = from.array()[at + i];
        }
    }

    private static void round(double[] from, BlocksF32 to, int r, int count) {
        int at = to.at(r);
        for (int i = 0; i < count; i++) {
            to.array()[at + i] = (float) from[i];
        }
    }

    /** Elementary operations of a replica, roughly. */
    static long cost(PopulationNets nets) {
        long units = nets.units();
        return units * units * (nets.inputs() + nets.outputs() + PAIR)
                + units * nets.student() * (nets.inputs() + nets.outputs());
    }
}
