package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.Metering;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.engine.RandomOps;
import dev.rectifier.engine.ReduceOps;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.WeightNormOps;
import java.util.ArrayList;
import java.util.List;

/** All operations on heap arrays, in the thread of the caller and a team of helpers. */
final class CpuEngine implements Engine {
    private final EngineInfo info;
    private final MemoryAccount account;
    private final Team team;
    private final Queue queue;
    private final DenseOps dense;
    private final ConvOps conv;
    private final PointwiseOps pointwise;
    private final LossOps losses;
    private final ReduceOps reduce;
    private final UpdateOps update;
    private final RandomOps random;
    private final NormOps norm;
    private final PoolOps pool;
    private final WeightNormOps weightNorm;
    private final PopulationOps population;
    private final ResidentOps resident;
    private final StreamedOps streamed;
    private final List<CpuArena> arenas = new ArrayList<>();

    CpuEngine(EngineOptions options, long memoryLimit) {
        this(options, memoryLimit, new MeasuredLanes(options.threads()));
    }

    CpuEngine(EngineOptions options, long memoryLimit, LaneRule lanes) {
        account = new MemoryAccount(memoryLimit);
        team = new Team(options.threads());
        queue = new Queue(team);
        dense = new CpuDense(queue, options.mathMode());
        conv = new CpuConv(queue);
        pointwise = new CpuPointwise(queue);
        losses = new CpuLosses(queue);
        reduce = new CpuReduce(queue);
        update = new CpuUpdate(queue);
        random = new CpuRandom(queue);
        norm = new CpuNorm(queue, pointwise);
        pool = new CpuPool(queue);
        weightNorm = new CpuWeightNorm(queue);
        population = new CpuPopulation(queue);
        resident = new CpuResident(queue, lanes);
        streamed = new CpuStreamed(queue);
        info = new EngineInfo("cpu", Processor.describe(), options, Processor.versions());
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Arena openArena(String purpose) {
        arenas.removeIf(CpuArena::isClosed);
        CpuArena arena = new CpuArena(purpose, queue, account);
        arenas.add(arena);
        return arena;
    }

    @Override
    public boolean owns(Buffer buffer) {
        return buffer instanceof CpuBuffer own && own.belongsTo(queue);
    }

    @Override
    public DenseOps dense() {
        return dense;
    }

    @Override
    public ConvOps conv() {
        return conv;
    }

    @Override
    public PointwiseOps pointwise() {
        return pointwise;
    }

    @Override
    public LossOps losses() {
        return losses;
    }

    @Override
    public ReduceOps reduce() {
        return reduce;
    }

    @Override
    public UpdateOps update() {
        return update;
    }

    @Override
    public RandomOps random() {
        return random;
    }

    @Override
    public NormOps norm() {
        return norm;
    }

    @Override
    public PoolOps pool() {
        return pool;
    }

    @Override
    public WeightNormOps weightNorm() {
        return weightNorm;
    }

    @Override
    public PopulationOps population() {
        return population;
    }

    @Override
    public ResidentOps resident() {
        return resident;
    }

    @Override
    public Metering metering() {
        return new CpuMetering(queue, new MultiplyAdds(team));
    }

    @Override
    public StreamedOps streamed() {
        return streamed;
    }

    @Override
    public void synchronize() {
        queue.flush();
    }

    @Override
    public long bytesInUse() {
        return account.used();
    }

    @Override
    public DeviceMemory memory() {
        return account.memory(HostMemory.available());
    }

    @Override
    public void close() {
        arenas.forEach(CpuArena::close);
        arenas.clear();
        team.close();
    }
}
