package dev.rectifier.engine;

/** An engine behind shape, type and ownership checks. */
final class CheckedEngine implements Engine {
    private final Engine target;
    private final DenseOps dense;
    private final PointwiseOps pointwise;
    private final LossOps losses;
    private final ReduceOps reduce;
    private final UpdateOps update;
    private final RandomOps random;
    private final PoolOps pool;
    private final WeightNormOps weightNorm;
    private final PopulationOps population;
    private final ResidentOps resident;
    private final CaptureOps capture;
    private final StreamedOps streamed;
    private boolean closed;

    CheckedEngine(Engine target) {
        this.target = target;
        dense = new CheckedDense(this, target.dense());
        pointwise = new CheckedPointwise(this, target.pointwise());
        losses = new CheckedLosses(this, target.losses());
        reduce = new CheckedReduce(this, target.reduce());
        update = new CheckedUpdate(this, target.update());
        random = new CheckedRandom(this, target.random());
        pool = new CheckedPool(this, target.pool());
        weightNorm = new CheckedWeightNorm(this, target.weightNorm());
        population = new CheckedPopulation(this, target.population());
        resident = new CheckedResident(this, target.resident());
        capture = new CheckedCapture(this, target.capture());
        streamed = new CheckedStreamed(this, target.streamed());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The " + target.info().name() + " engine is closed.");
        }
    }

    @Override
    public EngineInfo info() {
        return target.info();
    }

    @Override
    public Arena openArena(String purpose) {
        requireOpen();
        return target.openArena(purpose);
    }

    @Override
    public boolean owns(Buffer buffer) {
        requireOpen();
        return target.owns(buffer);
    }

    @Override
    public DenseOps dense() {
        return dense;
    }

    @Override
    public ConvOps conv() {
        return new CheckedConv(this, target.conv());
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
        return new CheckedNorm(this, target.norm());
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
    public CaptureOps capture() {
        return capture;
    }

    @Override
    public Metering metering() {
        requireOpen();
        return target.metering();
    }

    @Override
    public StreamedOps streamed() {
        return streamed;
    }

    @Override
    public void synchronize() {
        requireOpen();
        target.synchronize();
    }

    @Override
    public long bytesInUse() {
        return target.bytesInUse();
    }

    @Override
    public DeviceMemory memory() {
        requireOpen();
        return target.memory();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            target.close();
        }
    }
}
