package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.View;
import java.util.Arrays;
import java.util.Optional;

/** Inputs and targets of a pack at one step. */
final class FeedLanesF32 {
    private static final int MOST_AHEAD = 16; // examples, as long as they are more than those of one step

    private final int inputs;
    private final int outputs;
    private final int examples;
    private final float[][] x;
    private final float[][] values;
    private final int[][] labels;
    private final Optional<NetLanesF32> teacher;
    private final boolean teachesLabels;
    private final int capacity;
    private final int[] picked;
    private final int[] blocks;
    private final int[] places;
    private long firstPicked;

    FeedLanesF32(ResidentTask task, int examples, int capacity) {
        this.examples = examples;
        this.capacity = capacity;
        inputs = task.student().inputs();
        outputs = task.student().outputs();
        x = LanesF32.padded(examples, inputs * capacity);
        teacher = task.teacher().map(t -> {
            float[][] w = LanesF32.padded(LaneLayout.of(t.net()), capacity);
            return new NetLanesF32(t.net(), examples, capacity, w, x);
        });
        teachesLabels = task.teacher().map(ResidentTask.Teacher::answersLabel).orElse(false);
        values = teacher.map(NetLanesF32::output).orElseGet(() -> LanesF32.padded(examples, outputs * capacity));
        labels = new int[examples][capacity];
        picked = new int[stepsAtOnce() * examples * capacity];
        blocks = new int[capacity];
        places = new int[capacity];
    }

    /** A row [D] of lanes per example. */
    float[][] x() {
        return x;
    }

    /** A row [K] of lanes per example. */
    float[][] values() {
        return values;
    }

    /** A row of lanes per example. */
    int[][] labels() {
        return labels;
    }

    /** Brings in the teachers of these replicas. */
    void load(ResidentTask task, PackLanes lanes) {
        teacher.ifPresent(net -> {
            BlocksF32 from = BlocksF32.of(task.teacher().orElseThrow().parameters());
            for (int l = 0; l < lanes.count(); l++) {
                scatter(net.weights(), net.layout(), l, lanes.count(), from.array(), from.at(lanes.replica(l)));
            }
        });
    }

    /** For how many steps {@link #lookAhead} may be asked at once. */
    int stepsAtOnce() {
        return Math.max(1, MOST_AHEAD / examples);
    }

    /** Works out the rows of {@code count} steps, all of N examples: replica by replica, so that each one's order is near. */
    void lookAhead(Feed feed, PackLanes lanes, long step, int count) {
        if (!(feed instanceof Feed.Rows set)) {
            return;
        }
        firstPicked = step;
        RowOrder.Step[] steps = new RowOrder.Step[count];
        Arrays.setAll(steps, s -> set.order().at(step + s));
        for (int l = 0; l < lanes.count(); l++) {
            for (int s = 0; s < count; s++) {
                steps[s].write(picked, (s * capacity + l) * examples, lanes.replica(l));
            }
        }
    }

    /** Inputs and targets of a step that {@link #lookAhead} has seen. */
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
        int count = lanes.count();
        if (draws.isShared()) {
            var block = draws.block(lanes.replica(0), step);
            for (int i = 0; i < examples * inputs; i++) {
                int at = i % inputs * count;
                Arrays.fill(x[i / inputs], at, at + count, block[i]);
            }
            return;
        }
        for (int l = 0; l < count; l++) {
            var block = draws.block(lanes.replica(l), step);
            for (int n = 0; n < examples; n++) {
                for (int d = 0; d < inputs; d++) {
                    x[n][d * count + l] = block[n * inputs + d];
                }
            }
        }
    }

    private void pick(Feed.Rows set, PackLanes lanes, long step) {
        int at = (int) (step - firstPicked) * capacity * examples;
        gather(x, inputs, at, BlocksF32.of(set.x()), lanes);
        if (teacher.isEmpty()) {
            pickTargets(set.targets().orElseThrow(), at, lanes);
        }
    }

    private void pickTargets(View targets, int at, PackLanes lanes) {
        if (targets.dtype().isFloating()) {
            gather(values, outputs, at, BlocksF32.of(targets), lanes);
            return;
        }
        Words from = Words.of(targets);
        for (int l = 0; l < lanes.count(); l++) {
            int block = from.at(lanes.replica(l));
            for (int n = 0; n < examples; n++) {
                labels[n][l] = from.array()[block + picked[at + l * examples + n]];
            }
        }
    }

    /** A row [width] per example from every lane's block, as picked from {@code at} on: what is written lies together. */
    private void gather(float[][] rows, int width, int at, BlocksF32 from, PackLanes lanes) {
        int count = lanes.count();
        for (int l = 0; l < count; l++) {
            blocks[l] = from.at(lanes.replica(l));
        }
        for (int n = 0; n < examples; n++) {
            for (int l = 0; l < count; l++) {
                places[l] = blocks[l] + picked[at + l * examples + n] * width;
            }
            int i = 0;
            for (; i < width - 1; i += 2) {
                gatherTwo(rows[n], i * count, from.array(), places, i, count);
            }
            if (i < width) {
                gather(rows[n], i * count, from.array(), places, i, count);
            }
        }
    }

    private static void gather(float[] row, int to, float[] array, int[] places, int i, int lanes) {
        for (int l = 0; l < lanes; l++) {
            row[to + l] = array[places[l] + i];
        }
    }

    private static void gatherTwo(float[] row, int to, float[] array, int[] places, int i, int lanes) {
        for (int l = 0; l < lanes; l++) {
            int place = places[l] + i;
            row[to + l] = array[place];
            row[to + lanes + l] = array[place + 1];
        }
    }

    private void label(int lanes) {
        float[] answer = new float[outputs];
        for (int n = 0; n < examples; n++) {
            for (int l = 0; l < lanes; l++) {
                gather(answer, 0, values[n], l, lanes, outputs);
                labels[n][l] = ReduceF32.argmax(answer, 0, outputs);
            }
        }
    }

    /** Lane l of some units that stand one after the other becomes a block. */
    static void gather(float[] block, int at, float[] row, int l, int lanes, int units) {
        for (int k = 0; k < units; k++) {
            block[at + k] = row[k * lanes + l];
        }
    }

    /** The parameters of a block become lane l of rows of a layout. */
    static void scatter(float[][] rows, LaneLayout layout, int l, int lanes, float[] block, int at) {
        for (int p = 0; p < layout.parameters(); p++) {
            rows[layout.row()[p]][layout.unit()[p] * lanes + l] = block[at + p];
        }
    }

    /** Lane l of rows of a layout becomes the parameters of a block. */
    static void gather(float[] block, int at, float[][] rows, LaneLayout layout, int l, int lanes) {
        for (int p = 0; p < layout.parameters(); p++) {
            block[at + p] = rows[layout.row()[p]][layout.unit()[p] * lanes + l];
        }
    }
}
