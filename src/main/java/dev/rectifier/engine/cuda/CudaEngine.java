package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.CaptureOps;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.MathMode;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The engine on a CUDA device, real or emulated: a context, its kernels, and the operation groups over them. */
final class CudaEngine implements Engine {
    private static final int LEAST_TENSOR_CORES = 80;

    private final CudaContext context;
    private final Kernels kernels;
    private final Optional<CuBlas> cublas;
    private final Optional<CublasLt> cublasLt;
    private final Optional<CuDnnConv> cudnn;
    private final EngineInfo info;
    private final DenseOps dense;
    private final ConvOps conv;
    private final PointwiseOps pointwise;
    private final LossOps loss;
    private final ReduceOps reduce;
    private final UpdateOps update;
    private final RandomOps random;
    private final NormOps norm;
    private final PoolOps pool;
    private final WeightNormOps weightNorm;
    private final PopulationOps population;
    private final ResidentOps resident;
    private final CudaCapture capture;
    private final StreamedOps streamed;
    private final Metering metering;

    /**
     * What makes an engine.
     *
     * @param name the provider
     * @param images where kernels come from
     * @param kernelOrigin the same in words, for the manifest
     * @param cublas the library for large products, if there is one
     * @param cudnn the library for large convolutions, if there is one
     */
    record Plan(
            String name,
            KernelImages images,
            String kernelOrigin,
            Optional<CudaLibraries.Library> cublas,
            Optional<CudaLibraries.Library> cudnn) {}

    CudaEngine(Plan plan, EngineOptions options, CudaContext context) {
        requireArithmetic(plan.name, options.mathMode(), context.capability());
        this.context = context;
        this.kernels = new Kernels(context, plan.images);
        this.cublas = plan.cublas.map(library -> new CuBlas(context, library, options));
        Scratch scratch = new Scratch(context.memory(), "scratch of reductions");
        StepClock clock = new StepClock();
        CudaPointwise moves = new CudaPointwise(kernels, clock);
        CudaUpdate steps = new CudaUpdate(kernels, context.memory(), clock);
        this.pointwise = moves;
        CublasLt.Choice joined = CublasLt.choose(cublas.flatMap(
                behind -> plan.cublas.map(library -> new CublasLt.Setting(context, options, moves, behind, library))));
        this.cublasLt = joined.library();
        CudaConv ownConv = new CudaConv(kernels, scratch);
        CuDnnRoom room = CuDnnRoom.growing(context);
        CuDnnConv.Choice convolved = CuDnnConv.choose(plan.cudnn, new CuDnnConv.Setting(context, room, ownConv, moves));
        this.cudnn = convolved.library();
        Map<String, String> joins = Map.of("cublasLt", joined.description(), "cudnn", convolved.description());
        this.info = new EngineInfo(plan.name, context.deviceName(), options, versions(plan, context, joins));
        this.dense = new CudaDense(kernels, options.mathMode(), pointwise, cublas, cublasLt);
        this.conv = cudnn.<ConvOps>map(library -> library).orElse(ownConv);
        this.loss = new CudaLoss(kernels, scratch);
        this.reduce = new CudaReduce(kernels, scratch);
        this.update = steps;
        this.random = new CudaRandom(kernels, clock);
        this.norm = new CudaNorm(kernels, context, scratch);
        this.pool = new CudaPool(kernels);
        this.weightNorm = new CudaWeightNorm(kernels);
        this.population = new CudaPopulation(kernels, scratch);
        this.resident = new CudaResident(kernels);
        this.capture = new CudaCapture(kernels, clock, moves, steps);
        this.streamed = new CudaStreamed(kernels, scratch);
        this.metering = new CudaMetering(kernels, new CuDnnLibrary(context, plan.cudnn, room));
    }

    /** Refuses what the device's products cannot do; {@code capability} is 90 for 9.0. */
    static void requireArithmetic(String engine, MathMode mode, int capability) {
        if (mode == MathMode.BF16) {
            throw new IllegalArgumentException(
                    "The " + engine + " engine has no BF16 products: ask for IEEE, TF32 or TF32X3.");
        }
        if (mode.isTf32() && capability < LEAST_TENSOR_CORES) {
            throw new IllegalArgumentException(mode + " products need a device of compute capability "
                    + CudaDevice.written(LEAST_TENSOR_CORES) + " or later, whose tensor cores know TF32; the " + engine
                    + " engine's is " + CudaDevice.written(capability) + ". Ask for IEEE.");
        }
    }

    private static Map<String, String> versions(Plan plan, CudaContext context, Map<String, String> joins) {
        Map<String, String> versions = new TreeMap<>(joins);
        versions.put("driver", CudaDevice.driverVersion());
        versions.put("capability", CudaDevice.written(context.capability()));
        versions.put("kernels", plan.kernelOrigin);
        versions.put(
                "cublas", plan.cublas.map(CudaLibraries.Library::description).orElse("none"));
        return versions;
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Arena openArena(String purpose) {
        return context.memory().openArena(purpose);
    }

    @Override
    public boolean owns(Buffer buffer) {
        return CudaBuffer.isOn(buffer, context);
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
        return loss;
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
    public CaptureOps capture() {
        return capture;
    }

    @Override
    public Metering metering() {
        return metering;
    }

    @Override
    public StreamedOps streamed() {
        return streamed;
    }

    @Override
    public void synchronize() {
        context.synchronize();
    }

    @Override
    public long bytesInUse() {
        return context.memory().bytesInUse();
    }

    @Override
    public DeviceMemory memory() {
        return context.memory().now();
    }

    @Override
    public void close() {
        if (context.isOpen()) {
            context.bindToClose();
            capture.close();
            cudnn.ifPresent(CuDnnConv::close);
            cublasLt.ifPresent(CublasLt::close);
            cublas.ifPresent(CuBlas::close);
            kernels.close();
            context.close();
        }
    }
}
