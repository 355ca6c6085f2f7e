package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.EngineProvider;
import dev.rectifier.engine.Finding;
import dev.rectifier.engine.MathMode;
import java.util.List;

/** Opens the CPU engine: available everywhere, chosen by {@code auto} when nothing better is. */
public final class CpuEngineProvider implements EngineProvider {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Availability probe() {
        return Availability.yes(Processor.describe());
    }

    @Override
    public List<Finding> findings() {
        int cores = Runtime.getRuntime().availableProcessors();
        Finding processor = Finding.found(
                "cores",
                String.valueOf(cores),
                "replicas are dealt out to that many threads, unless fewer are asked for");
        return List.of(processor, Blas.finding());
    }

    @Override
    public Engine open(EngineOptions options) {
        if (options.mathMode() == MathMode.BF16) {
            throw new IllegalArgumentException("The cpu engine has no BF16 products: ask for IEEE, TF32 or TF32X3.");
        }
        return new CpuEngine(options, Runtime.getRuntime().maxMemory());
    }
}
