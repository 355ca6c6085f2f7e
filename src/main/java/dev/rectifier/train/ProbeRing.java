package dev.rectifier.train;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.List;

/**
 * Copies of weights [R, S, P] and losses [R, S] that a resident stretch passes through, and one more that listeners are shown:
 * laid out as a trainer's own, so that whatever is computed of it has the same bits. Owned by the trainer's arena.
 */
final class ProbeRing {
    static final String ARENA = "probe ring";
    static final long MOST_BYTES = 64L << 20; // some launches' worth; more would be taken from replicas
    private static final int MOST_SLOTS = 256; // from which on launches are rare
    private static final String SLOTS = "rectifier.ring.slots";

    private final Engine engine;
    private final Buffers buffers;
    private final LayerViews shown;

    /** What a ring holds: weights [R, S, P], losses [R, S], and of the slot that is shown weights [R, P] and loss [R]. */
    record Buffers(View weights, View losses, View shown, View shownLoss) {
        /** {@code extent}: of at least one slot. */
        static Buffers allocate(Arena arena, TrainTask task, Extent extent) {
            DType type = task.initial().dtype();
            int replicas = extent.replicas;
            long parameters = ParameterLayout.of(task.student()).size();
            return new Buffers(
                    arena.allocate(type, Shape.of(replicas, extent.slots, parameters))
                            .view(),
                    arena.allocate(DType.F64, Shape.of(replicas, extent.slots)).view(),
                    arena.allocate(type, Shape.of(replicas, parameters)).view(),
                    arena.allocate(DType.F64, Shape.of(replicas)).view());
        }
    }

    ProbeRing(Engine engine, ParameterLayout layout, Buffers buffers) {
        this.engine = engine;
        this.buffers = buffers;
        shown = layout.views(buffers.shown());
    }

    /**
     * How large a ring is.
     *
     * @param replicas R
     * @param slots S; 0 for none
     */
    record Extent(int replicas, int slots) {
        /**
         * As many slots as {@link #MOST_BYTES} hold, or as are asked for by the system property {@code rectifier.ring.slots};
         * none if the memory does not suffice: then stretches end where a listener looks.
         *
         * @param room bytes that are free
         */
        static Extent fitting(TrainTask task, int replicas, long room) {
            long each = Math.multiplyExact(
                    (long) replicas,
                    ParameterLayout.of(task.student()).size()
                                    * task.initial().dtype().bytes()
                            + DType.F64.bytes());
            long slots = Math.min(mostSlots(), MOST_BYTES / each - 1);
            return new Extent(replicas, slots < 1 || (slots + 1) * each > room ? 0 : (int) slots);
        }

        private static int mostSlots() {
            String text = System.getProperty(SLOTS, Integer.toString(MOST_SLOTS));
            if (!text.matches("\\d{1,6}")) {
                throw new IllegalArgumentException(
                        "-D" + SLOTS + " must be a number of slots from 0 to 999999, but it is '" + text + "'.");
            }
            return Integer.parseInt(text);
        }
    }

    /**
     * Whether one of them is content with a ring and looks between the first step and the last, and so early that it would
     * end the longest stretch: whoever looks seldom costs nothing.
     */
    static boolean isWanted(List<Listener> listeners, long steps) {
        long to = Math.min(steps, Pace.LONGEST);
        return listeners.stream().anyMatch(listener -> listener.looksBack() && listener.next(1, to, steps) < to);
    }

    /** S. */
    int slots() {
        return Math.toIntExact(buffers.losses().dim(1));
    }

    /** To be filled after these updates of a stretch. */
    Ring after(int[] updates) {
        return new Ring(
                buffers.weights().rows(0, updates.length), buffers.losses().rows(0, updates.length), updates);
    }

    /** Brings slot k to where listeners look. */
    void show(int k) {
        View weights = buffers.weights().rows(k, 1);
        engine.pointwise()
                .copy(buffers.shown(), weights.reshape(buffers.shown().shape().tail()));
        engine.pointwise().copy(buffers.shownLoss(), buffers.losses().rows(k, 1).reshape(Shape.of()));
    }

    /** Parameters of the slot that is shown. */
    LayerViews parameters() {
        return shown;
    }

    /** Its losses. */
    View loss() {
        return buffers.shownLoss();
    }
}
