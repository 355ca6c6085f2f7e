package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Inputs and targets of one replica at one step. */
final class SoloFeedF32 {
    private final ResidentTask task;
    private final int inputs;
    private final int outputs;
    private final int examples;
    private final OperandF32 x;
    private final float[] values;
    private final int[] labels;
    private final int[] rows;
    private final Optional<SoloNetF32> teacher;

    SoloFeedF32(ResidentTask task, int examples) {
        this.task = task;
        this.examples = examples;
        inputs = task.student().inputs();
        outputs = task.student().outputs();
        x = new OperandF32(examples * inputs);
        values = new float[examples * outputs];
        labels = new int[examples];
        rows = new int[examples];
        teacher = task.teacher().map(t -> new SoloNetF32(t.net(), examples, new float[count(t)], x));
    }

    private static int count(ResidentTask.Teacher teacher) {
        return Math.toIntExact(teacher.net().parameters());
    }

    /** [N D]. */
    OperandF32 x() {
        return x;
    }

    /** [N K]. */
    float[] values() {
        return teacher.isPresent() ? teacher.get().output().array() : values;
    }

    /** [N]. */
    int[] labels() {
        return labels;
    }

    /** Brings in the replica's teacher. */
    void load(int replica) {
        teacher.ifPresent(net -> {
            BlocksF32 from = BlocksF32.of(task.teacher().orElseThrow().parameters());
            System.arraycopy(from.array(), from.at(replica), net.weights(), 0, net.weights().length);
            net.forget();
        });
    }

    void fill(Feed feed, int replica, long step) {
        if (feed instanceof Feed.Stream stream) {
            draw(new StreamDraws(stream, x.count()), replica, step);
        } else if (feed instanceof Feed.Rows set) {
            set.order().at(step).write(rows, 0, replica);
            pick(set, replica);
        }
        teacher.ifPresent(net -> {
            net.forward();
            if (task.teacher().orElseThrow().answersLabel()) {
                label(net.output().array());
            }
        });
    }

    private void draw(StreamDraws draws, int replica, long step) {
        var block = draws.block(replica, step);
        float[] to = x.overwritten();
        for (int i = 0; i < block.length; i++) {
            to[i] = block[i];
        }
    }

    private void pick(Feed.Rows set, int replica) {
        gather(x.overwritten(), inputs, BlocksF32.of(set.x()), replica);
        if (teacher.isPresent()) {
            return;
        }
        View targets = set.targets().orElseThrow();
        if (targets.dtype().isFloating()) {
            gather(values, outputs, BlocksF32.of(targets), replica);
            return;
        }
        Words from = Words.of(targets);
        for (int n = 0; n < examples; n++) {
            labels[n] = from.array()[from.at(replica) + rows[n]];
        }
    }

    private void gather(float[] to, int width, BlocksF32 from, int replica) {
        float[] array = from.array();
        int block = from.at(replica);
        for (int n = 0; n < examples; n++) {
            System.arraycopy(array, block + rows[n] * width, to, n * width, width);
        }
    }

    private void label(float[] answers) {
        for (int n = 0; n < examples; n++) {
            labels[n] = ReduceF32.argmax(answers, n * outputs, outputs);
        }
    }
}
