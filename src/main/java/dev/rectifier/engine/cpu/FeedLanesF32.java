package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.View;
import java.util.Arrays;
import java.util.Optional;

/** Inputs and targets of a pack at one step. */
final class FeedLanesF32 {
    private final int inputs;
    private final int outputs;
    private final int examples;
    private final float[][] x;
    private final float[][] values;
    private final int[][] labels;
    private final Optional<NetLanesF32> teacher;
    private final boolean teachesLabels;
    private final int[] picked;
    private final int[] blocks;
    private final int[] places;

    FeedLanesF32(ResidentTask task, int examples, int capacity) {
        this.examples = examples;
        inputs = task.student().inputs();
        outputs = task.student().outputs();
        x = LanesF32.rows(examples * inputs, capacity);
        teacher = task.teacher()
                .map(t -> new NetLanesF32(
                        t.net(), examples, LanesF32.rows(Math.toIntExact(t.net().parameters()), capacity), x));
        teachesLabels = task.teacher().map(ResidentTask.Teacher::answersLabel).orElse(false);
        values = teacher.map(NetLanesF32::output).orElseGet(() -> LanesF32.rows(examples * outputs, capacity));
        labels = new int[examples][capacity];
        picked = new int[examples * capacity];
        blocks = new int[capacity];
        places = new int[capacity];
    }

    /** Rows [N D]. */
    float[][] x() {
        return x;
    }

    /** Rows [N K]. */
    float[][] values() {
        return values;
    }

    /** Rows [N]. */
    int[][] labels() {
        return labels;
    }

    /** Brings in the teachers of these replicas. */
    void load(ResidentTask task, PackLanes lanes) {
        teacher.ifPresent(net -> {
            BlocksF32 from = BlocksF32.of(task.teacher().orElseThrow().parameters());
            for (int l = 0; l < lanes.count(); l++) {
                scatter(net.weights(), l, from.array(), from.at(lanes.replica(l)), net.weights().length);
            }
        });
    }

    void fill(Feed feed, PackLanes lanes, long step) {
        if (feed instanceof Feed.Stream stream) {
            draw(new StreamDraws(stream, examples * inputs), lanes, step);
        } else if (feed instanceof Feed.Rows set) {
            pick(set, lanes, step);
        }
        teacher.ifPresent(net -> {
            net.forward(lanes.count());
            if (teachesLabels) {
                label(lanes.count());
            }
        });
    }

    private void draw(StreamDraws draws, PackLanes lanes, long step) {
        if (draws.isShared()) {
            var block = draws.block(lanes.replica(0), step);
            for (int i = 0; i < x.length; i++) {
                Arrays.fill(x[i], 0, lanes.count(), block[i]);
            }
            return;
        }
        for (int l = 0; l < lanes.count(); l++) {
            var block = draws.block(lanes.replica(l), step);
            for (int i = 0; i < x.length; i++) {
                x[i][l] = block[i];
            }
        }
    }

    private void pick(Feed.Rows set, PackLanes lanes, long step) {
        RowOrder.Step order = set.order().at(step);
        for (int l = 0; l < lanes.count(); l++) {
            order.write(picked, l * examples, lanes.replica(l));
        }
        gather(x, inputs, BlocksF32.of(set.x()), lanes);
        if (teacher.isEmpty()) {
            pickTargets(set.targets().orElseThrow(), lanes);
        }
    }

    private void pickTargets(View targets, PackLanes lanes) {
        if (targets.dtype().isFloating()) {
            gather(values, outputs, BlocksF32.of(targets), lanes);
            return;
        }
        Words from = Words.of(targets);
        for (int l = 0; l < lanes.count(); l++) {
            int block = from.at(lanes.replica(l));
            for (int n = 0; n < examples; n++) {
                labels[n][l] = from.array()[block + picked[l * examples + n]];
            }
        }
    }

    /** Rows [N width] from the picked rows of every lane's block: row by row, so that what is written lies together. */
    private void gather(float[][] rows, int width, BlocksF32 from, PackLanes lanes) {
        int count = lanes.count();
        for (int l = 0; l < count; l++) {
            blocks[l] = from.at(lanes.replica(l));
        }
        for (int n = 0; n < examples; n++) {
            for (int l = 0; l < count; l++) {
                places[l] = blocks[l] + picked[l * examples + n] * width;
            }
            for (int i = 0; i < width; i++) {
                gather(rows[n * width + i], from.array(), places, i, count);
            }
        }
    }

    private static void gather(float[] row, float[] array, int[] places, int i, int lanes) {
        for (int l = 0; l < lanes; l++) {
            row[l] = array[places[l] + i];
        }
    }

    private void label(int lanes) {
        float[] answer = new float[outputs];
        for (int n = 0; n < examples; n++) {
            for (int l = 0; l < lanes; l++) {
                for (int k = 0; k < outputs; k++) {
                    answer[k] = values[n * outputs + k][l];
                }
                labels[n][l] = ReduceF32.argmax(answer, 0, outputs);
            }
        }
    }

    /** Element i of a block becomes lane l of row i. */
    static void scatter(float[][] rows, int l, float[] block, int at, int count) {
        for (int i = 0; i < count; i++) {
            rows[i][l] = block[at + i];
        }
    }

    /** Lane l of row i becomes element i of a block. */
    static void gather(float[] block, int at, float[][] rows, int l, int count) {
        for (int i = 0; i < count; i++) {
            block[at + i] = rows[i][l];
        }
    }
}
