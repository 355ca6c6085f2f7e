package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** One kernel file at one element type, loaded. */
final class KernelModule implements AutoCloseable {
    private final CudaContext context;
    private final String name;
    private final CUmodule module = new CUmodule();

    KernelModule(CudaContext context, String file, DType real, byte[] image) {
        this.context = context;
        this.name = KernelSource.module(file, real);
        context.check(JCudaDriver.cuModuleLoadData(module, image), "cuModuleLoadData of " + name);
    }

    CUfunction function(String stem) {
        CUfunction function = new CUfunction();
        String entry = stem + name.substring(name.lastIndexOf('_'));
        context.check(
                JCudaDriver.cuModuleGetFunction(function, module, entry),
                "cuModuleGetFunction of " + entry + " in " + name);
        return function;
    }

    @Override
    public void close() {
        context.released(JCudaDriver.cuModuleUnload(module), "cuModuleUnload of " + name);
    }
}
