package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import java.util.function.IntSupplier;

/** CPU engines that are told how many replicas train side by side. */
public final class SideBySide {
    private SideBySide() {}

    /**
     * An engine whose packs have as many lanes as it is told.
     *
     * @param lanes of a pack, asked for at a task's first stretch; 0: one replica at a time
     */
    public static Engine engine(int threads, IntSupplier lanes) {
        EngineOptions options = EngineOptions.defaults().withThreads(threads);
        return Engines.checked(
                new CpuEngine(options, Runtime.getRuntime().maxMemory(), (task, examples) -> lanes.getAsInt()));
    }
}
