package dev.rectifier.engine.cuda;

import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Places of everything in a block's shared memory, in elements; see {@code resident_block.cu}. In order: the student's
 * parameters, once more for each slot of the optimiser, once more for the gradient where a batch comes in chunks; the
 * teacher's; inputs; answers; then levels and slopes, over those of the teacher, which is done when the student begins.
 *
 * <p>Slopes of the highest hidden level have a place of their own; those of a lower one take the activations' above it, which
 * by then have served.
 */
final class ResidentBlockLayout {
    /** Words of a {@code Layer}. */
    static final int LAYER_WORDS = 15;

    /** Size of tiles for a product of so many rows and columns of outputs. */
    @FunctionalInterface
    interface Tiles {
        int size(long rows, long columns);
    }

    /** Places of one layer's numbers; bias -1: none. */
    private record Places(ResidentNet net, int layer, long weights, long bias, long below, long above, long slopes) {}

    private final ResidentTask task;
    private final int chunk;
    private final int vector;
    private final long slot;
    private final long gradient;
    private final long answer;
    private final List<Places> layers = new ArrayList<>();
    private final long elements;
    private long next;

    /** @param examples N; fewer in a chunk: the gradient is gathered */
    ResidentBlockLayout(ResidentTask task, int examples, int chunk) {
        this.task = task;
        this.chunk = chunk;
        vector = 16 / task.state().parameters().weights().dtype().bytes();
        ResidentNet student = task.student();
        Optional<ResidentNet> teacher = task.teacher().map(ResidentTask.Teacher::net);
        List<Long> weights = parameters(student);
        slot = next;
        next += slot * task.rule().stateSlots();
        gradient = next;
        next += chunk < examples ? slot : 0;
        List<Long> taught = teacher.map(this::parameters).orElse(List.of());
        long input = take(rows(student, 0));
        answer = take(rows(student, student.layers()));
        long levels = next;
        teacher.ifPresent(net -> teacherLevels(net, taught, input));
        long afterTeacher = next;
        next = levels;
        studentLevels(student, weights, input);
        elements = Math.max(next, afterTeacher);
    }

    /** Elements of shared memory. */
    long elements() {
        return elements;
    }

    private long take(long count) {
        long place = next;
        next += Grid.ceilDiv(count, vector) * vector;
        return place;
    }

    /** From one row of {@code width} to the next: an odd number of vectors, so that neighbouring rows meet other banks. */
    private long pitch(int width) {
        long vectors = Grid.ceilDiv(width, vector);
        return (vectors | 1) * vector;
    }

    /** Elements of a level. */
    private long rows(ResidentNet net, int level) {
        return chunk * pitch(net.widths().get(level));
    }

    /** Places of weights and bias of every layer, two a layer. */
    private List<Long> parameters(ResidentNet net) {
        List<Long> places = new ArrayList<>();
        for (int l = 0; l < net.layers(); l++) {
            places.add(take(net.out(l) * pitch(net.in(l))));
            places.add(net.bias() ? take(net.out(l)) : -1L);
        }
        return places;
    }

    private void teacherLevels(ResidentNet net, List<Long> parameters, long input) {
        long below = input;
        for (int l = 0; l < net.layers(); l++) {
            long above = l == net.layers() - 1 ? answer : take(rows(net, l + 1));
            layers.add(new Places(net, l, parameters.get(2 * l), parameters.get(2 * l + 1), below, above, above));
            below = above;
        }
    }

    private void studentLevels(ResidentNet net, List<Long> parameters, long input) {
        int top = net.layers();
        List<Long> levels = new ArrayList<>(List.of(input));
        for (int level = 1; level <= top; level++) {
            boolean takesSlopes = level > 1 && level < top;
            levels.add(take(Math.max(rows(net, level), takesSlopes ? rows(net, level - 1) : 0)));
        }
        long highest = top > 1 ? take(rows(net, top - 1)) : 0;
        for (int l = 0; l < top; l++) {
            long above = levels.get(l + 1);
            long slopes = l == top - 1 ? above : l == top - 2 ? highest : levels.get(l + 2);
            layers.add(
                    new Places(net, l, parameters.get(2 * l), parameters.get(2 * l + 1), levels.get(l), above, slopes));
        }
    }

    /** Slot, gradient, answers and their pitch, as the plan has them. */
    List<Integer> places() {
        return List.of(
                Math.toIntExact(slot),
                Math.toIntExact(gradient),
                Math.toIntExact(answer),
                Math.toIntExact(pitch(task.student().outputs())));
    }

    /** The table of layers, the teacher's first. */
    List<Integer> words(Tiles tiles) {
        List<Integer> words = new ArrayList<>();
        for (Places places : layers) {
            ResidentNet net = places.net();
            int in = net.in(places.layer());
            int out = net.out(places.layer());
            boolean rectified = net.relu() && places.layer() < net.layers() - 1;
            words.addAll(List.of(in, out));
            addAll(words, net.weightAt(places.layer()), places.weights(), pitch(in), places.bias());
            addAll(words, places.below(), pitch(in), places.above(), pitch(out), places.slopes(), rectified ? 1 : 0);
            words.addAll(List.of(tiles.size(chunk, out), tiles.size(chunk, in), tiles.size(out, in)));
        }
        return words;
    }

    private static void addAll(List<Integer> words, long... values) {
        for (long value : values) {
            words.add(Math.toIntExact(value));
        }
    }
}
