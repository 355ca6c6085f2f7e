package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An engine that allocates and computes nothing, and remembers what it was asked to allocate. Whatever is built on it shows
 * what the same code would take on a real engine: a plan and the allocation it is about cannot drift apart. Buffers read as zeros;
 * all operations are left out. Used by one thread.
 */
public final class DraftEngine implements Engine {
    private final EngineInfo info;
    private final StreamedOps streamed;
    private final ResidentOps resident;
    private final List<Entry> held = new ArrayList<>();

    /** {@code info}: the engine that is planned for. */
    public DraftEngine(EngineInfo info) {
        this(info, StreamedOps.NONE, ResidentOps.NONE);
    }

    private DraftEngine(EngineInfo info, StreamedOps sweeps, ResidentOps stretches) {
        this.info = info;
        streamed = new DraftStreamed(sweeps);
        resident = new DraftResident(info.options().mathMode(), stretches);
    }

    /** Keeps the books of training on {@code engine}: what that engine would train by stretches or sweeps is drafted so. */
    public static DraftEngine of(Engine engine) {
        return new DraftEngine(
                engine.info(), engine.streamed(), engine.resident().rule());
    }

    /**
     * One allocation.
     *
     * @param purpose of the arena it was made in, behind those of the arenas around it
     * @param dtype element type
     * @param shape [R or 1, ...]
     */
    public record Entry(List<String> purpose, DType dtype, Shape shape) {
        public Entry {
            purpose = List.copyOf(purpose);
        }

        /** Bytes of its elements. */
        public long bytes() {
            return Math.multiplyExact(shape.size(), (long) dtype.bytes());
        }
    }

    /** What the arenas that are open hold, in the order it was asked for. */
    public List<Entry> held() {
        return List.copyOf(held);
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Arena openArena(String purpose) {
        return new DraftArena(List.of(purpose));
    }

    @Override
    public DenseOps dense() {
        return idle(DenseOps.class);
    }

    @Override
    public ConvOps conv() {
        return idle(ConvOps.class);
    }

    @Override
    public PointwiseOps pointwise() {
        return idle(PointwiseOps.class);
    }

    @Override
    public LossOps losses() {
        return idle(LossOps.class);
    }

    @Override
    public ReduceOps reduce() {
        return idle(ReduceOps.class);
    }

    @Override
    public UpdateOps update() {
        return idle(UpdateOps.class);
    }

    @Override
    public RandomOps random() {
        return idle(RandomOps.class);
    }

    @Override
    public NormOps norm() {
        return idle(NormOps.class);
    }

    @Override
    public PoolOps pool() {
        return idle(PoolOps.class);
    }

    @Override
    public WeightNormOps weightNorm() {
        return idle(WeightNormOps.class);
    }

    @Override
    public PopulationOps population() {
        return idle(PopulationOps.class);
    }

    @Override
    public StreamedOps streamed() {
        return streamed;
    }

    @Override
    public ResidentOps resident() {
        return resident;
    }

    /** Which tasks are trained by stretches, by another engine's rule; trains nothing. */
    private record DraftResident(MathMode mode, ResidentOps target) implements ResidentOps {
        @Override
        public Optional<String> refusal(ResidentTask task, long examples) {
            View weights = task.state().parameters().weights();
            return IeeeOnly.refusal(mode, CheckedResident.STRETCHES, weights).or(() -> target.refusal(task, examples));
        }

        @Override
        public Optional<String> disadvantage(ResidentTask task, long examples) {
            return target.disadvantage(task, examples);
        }

        @Override
        public Resident open(ResidentTask task) {
            return (feed, stretch) -> {};
        }
    }

    /** Which tasks are swept, by another engine's rule; sweeps nothing. */
    private record DraftStreamed(StreamedOps rule) implements StreamedOps {
        @Override
        public Optional<String> refusal(ResidentTask task, long examples) {
            return rule.refusal(task, examples);
        }

        @Override
        public Optional<String> disadvantage(ResidentTask task, long examples) {
            return rule.disadvantage(task, examples);
        }

        @Override
        public void sweep(Sweep sweep) {}

        @Override
        public void outputs(View y, View partial, Optional<View> bias) {}

        @Override
        public void guard(Sweep sweep, View marks) {}
    }

    private static <T> T idle(Class<T> group) {
        return group.cast(Proxy.newProxyInstance(
                DraftEngine.class.getClassLoader(), new Class<?>[] {group}, (proxy, method, arguments) -> null));
    }

    @Override
    public void synchronize() {}

    @Override
    public long bytesInUse() {
        return held.stream().mapToLong(Entry::bytes).sum();
    }

    @Override
    public void close() {
        held.clear();
    }

    private final class DraftArena implements Arena {
        private final List<String> purpose;
        private final List<DraftArena> children = new ArrayList<>();
        private final List<Entry> own = new ArrayList<>();

        DraftArena(List<String> purpose) {
            this.purpose = purpose;
        }

        @Override
        public Buffer allocate(DType dtype, Shape shape) {
            Entry entry = new Entry(purpose, dtype, shape);
            own.add(entry);
            held.add(entry);
            return new DraftBuffer(dtype, shape);
        }

        @Override
        public Buffer zeros(DType dtype, Shape shape) {
            return allocate(dtype, shape);
        }

        @Override
        public Arena openArena(String childPurpose) {
            List<String> path = new ArrayList<>(purpose);
            path.add(childPurpose);
            DraftArena child = new DraftArena(path);
            children.add(child);
            return child;
        }

        @Override
        public long bytes() {
            return own.stream().mapToLong(Entry::bytes).sum()
                    + children.stream().mapToLong(DraftArena::bytes).sum();
        }

        @Override
        public void close() {
            children.forEach(DraftArena::close);
            own.forEach(held::remove);
            own.clear();
        }
    }

    /** Not a record: two buffers of one shape are two buffers. */
    private static final class DraftBuffer implements Buffer {
        private final DType dtype;
        private final Shape shape;

        DraftBuffer(DType dtype, Shape shape) {
            this.dtype = dtype;
            this.shape = shape;
        }

        @Override
        public DType dtype() {
            return dtype;
        }

        @Override
        public Shape shape() {
            return shape;
        }

        @Override
        public void upload(HostTensor values) {}

        @Override
        public HostTensor download() {
            return HostTensor.zeros(dtype, shape);
        }
    }
}
