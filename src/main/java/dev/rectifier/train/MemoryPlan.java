package dev.rectifier.train;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Bytes;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.View;
import dev.rectifier.model.Network;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * The device memory of training R networks, buffer by buffer: {@code bytes(R) = shared + R * perReplica}, to the byte what the
 * arenas will hold, since the buffers are found by running the allocating code itself on a {@link DraftEngine}. Not in it: scratch
 * and workspace inside the engine, for which {@link DeviceMemory#reserve} stands.
 *
 * @param items in the order of allocation
 * @param replicas R
 */
public record MemoryPlan(List<Item> items, int replicas) {
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8L;

    public MemoryPlan {
        items = List.copyOf(items);
    }

    /**
     * One buffer.
     *
     * @param owner the outermost arena: what it belongs to
     * @param name what it holds
     * @param dtype element type
     * @param perReplica whether its first axis is R; else all replicas share it
     * @param shape as drafted; the first axis counts blocks
     */
    public record Item(String owner, String name, DType dtype, boolean perReplica, Shape shape) {
        static Item of(DraftEngine.Entry entry, int drafted) {
            List<String> path = entry.purpose();
            String name = path.size() == 1 ? path.get(0) : String.join(", ", path.subList(1, path.size()));
            boolean perReplica = entry.shape().dim(0) == drafted;
            return new Item(path.get(0), name, entry.dtype(), perReplica, entry.shape());
        }

        private long elements() {
            return perReplica ? shape.tail().size() : shape.size();
        }

        /** Bytes for one replica, or of the whole buffer if it is shared. */
        public long bytes() {
            return Math.multiplyExact(elements(), (long) dtype.bytes());
        }

        /** Bytes for that many replicas. */
        public long bytes(long replicas) {
            return perReplica ? Math.multiplyExact(replicas, bytes()) : bytes();
        }

        /** Type and axes, such as {@code F32 [R, 64, 100]}. */
        public String axes() {
            String extents = shape.toString();
            return dtype + " " + (perReplica ? extents.replaceFirst("^\\[\\d+", "[R") : extents);
        }
    }

    /** What a {@link Trainer} of the task allocates on such an engine; the data source's own buffers are there already. */
    public static MemoryPlan of(Engine engine, TrainTask task) {
        return of(engine, task, Way.AUTO);
    }

    /** The same, with the way of training forced. */
    static MemoryPlan of(Engine engine, TrainTask task, Way way) {
        try (DraftEngine draft = DraftEngine.of(engine)) {
            Arena arena = draft.openArena(Trainer.ARENA);
            StepPlan.Workspace workspace =
                    StepPlan.Workspace.allocate(draft, arena, task, Network.of(draft, task.student()));
            if (isStreamed(draft, task, way, workspace)) {
                StreamedTraining.Buffers.allocate(arena, task);
            }
            return of(draft, task.replicas(), task.replicas());
        }
    }

    /** The other ways hold nothing in the trainer's arena that single steps do not hold as well. */
    private static boolean isStreamed(DraftEngine draft, TrainTask task, Way way, StepPlan.Workspace workspace) {
        Optional<View> teacher = workspace.targets().teacherParameters();
        return (way == Way.AUTO || way == Way.STREAMED)
                && Residency.choose(way, draft, task, workspace.buffers(), teacher)
                        .streamed()
                        .isPresent();
    }

    /**
     * What is held on a draft, with another number of replicas.
     *
     * @param drafted R of the draft; a first axis of that extent is R. With one replica everything counts as its own
     * @param replicas R of the plan
     */
    public static MemoryPlan of(DraftEngine draft, int drafted, int replicas) {
        return of(draft.held(), drafted, replicas);
    }

    /** The same of what is held elsewhere, such as {@link dev.rectifier.data.DataSource#host}. */
    public static MemoryPlan of(List<DraftEngine.Entry> held, int drafted, int replicas) {
        return new MemoryPlan(
                held.stream().map(entry -> Item.of(entry, drafted)).toList(), replicas);
    }

    /** Bytes in all. */
    public long bytes() {
        return bytes(replicas);
    }

    /** Bytes in all for another number of replicas. */
    public long bytes(long count) {
        return items.stream().mapToLong(item -> item.bytes(count)).reduce(0, Math::addExact);
    }

    /** Bytes of one replica. */
    public long perReplica() {
        return items.stream().filter(Item::perReplica).mapToLong(Item::bytes).sum();
    }

    /** Bytes that do not depend on R. */
    public long shared() {
        return items.stream()
                .filter(item -> !item.perReplica())
                .mapToLong(Item::bytes)
                .sum();
    }

    /** Whether R replicas fit what a plan may take. */
    public boolean fits(DeviceMemory memory) {
        return bytes() <= memory.available();
    }

    /** The largest R that fits, whether or not there are as many: 0 if not even one does. */
    public long largest(DeviceMemory memory) {
        long room = memory.available() - shared();
        return room < 0 ? 0 : room / Math.max(1, perReplica());
    }

    /** The largest R, 1 at least, whose every buffer can be had on the host too: 2^31 - 9 elements, that of a Java array. */
    public long largestHeld() {
        long block = items.stream()
                .filter(Item::perReplica)
                .mapToLong(Item::elements)
                .max()
                .orElse(1);
        return Math.max(1, MOST_ELEMENTS / Math.max(1, block));
    }

    /** One sentence or two: what is needed, what is free, how many replicas would fit, what to do. */
    public String refusal(DeviceMemory memory) {
        long most = largest(memory);
        String advice = most == 0
                ? "Not even one replica fits: choose a smaller batch or network."
                : "The largest R that fits is " + most + ": train no more replicas at once.";
        return "Out of device memory, before anything was allocated: " + Bytes.words(bytes()) + " are needed for "
                + replicas + " replicas (" + Bytes.words(perReplica()) + " each and " + Bytes.words(shared())
                + " that they share), but the memory is " + memory + ". " + advice
                + (memory.cure().isEmpty() ? "" : " " + memory.cure());
    }

    /**
     * Refuses a task that does not fit.
     *
     * @throws OutOfDeviceMemoryException with the numbers
     */
    static void requireFit(Engine engine, TrainTask task, Way way) {
        DeviceMemory memory = engine.memory();
        if (memory.isKnown()) {
            MemoryPlan plan = of(engine, task, way);
            if (!plan.fits(memory)) {
                throw new OutOfDeviceMemoryException(plan.refusal(memory));
            }
        }
    }
}
