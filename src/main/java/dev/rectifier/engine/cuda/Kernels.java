package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kernels of one engine, loaded file by file at first use. */
final class Kernels implements AutoCloseable {
    private final CudaContext context;
    private final KernelImages images;
    private final Map<String, KernelModule> modules = new LinkedHashMap<>();
    private final Map<DType, Map<KernelTable, Launch>> launches = new HashMap<>();

    Kernels(CudaContext context, KernelImages images) {
        this.context = context;
        this.images = images;
    }

    CudaContext context() {
        return context;
    }

    /** A launch of {@code kernel} compiled for {@code real} (F32 or F64), waiting for its arguments. */
    Launch launch(KernelTable kernel, DType real) {
        return launches.computeIfAbsent(real, key -> new EnumMap<>(KernelTable.class))
                .computeIfAbsent(kernel, key -> load(key, real))
                .begin();
    }

    private Launch load(KernelTable kernel, DType real) {
        context.bind();
        KernelModule module = modules.computeIfAbsent(
                KernelSource.module(kernel.file(), real),
                key -> new KernelModule(context, kernel.file(), real, images.image(kernel.file(), real)));
        return new Launch(kernel, real, module.function(kernel.stem()), context);
    }

    /** Loads every kernel at all its element types now. */
    void loadAll() {
        for (KernelTable kernel : KernelTable.values()) {
            kernel.types().forEach(type -> launch(kernel, type));
        }
    }

    @Override
    public void close() {
        modules.values().forEach(KernelModule::close);
        modules.clear();
        launches.clear();
    }
}
