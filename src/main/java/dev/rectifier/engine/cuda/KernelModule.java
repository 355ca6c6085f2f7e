package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.tensor.DType;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** One kernel file at one element type, loaded. */
final class KernelModule implements AutoCloseable {
    private final String name;
    private final CUmodule module = new CUmodule();

    KernelModule(String file, DType real, byte[] image) {
        this.name = KernelSource.module(file, real);
        int status = JCudaDriver.cuModuleLoadData(module, image);
        if (status != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(CudaCheck.describe(status, "cuModuleLoadData of " + name)
                    + " If the driver is older than the code, -Drectifier.kernels=nvrtc compiles the kernels here.");
        }
    }

    CUfunction function(String stem) {
        CUfunction function = new CUfunction();
        String entry = stem + name.substring(name.lastIndexOf('_'));
        CudaCheck.check(
                JCudaDriver.cuModuleGetFunction(function, module, entry),
                "cuModuleGetFunction of " + entry + " in " + name);
        return function;
    }

    @Override
    public void close() {
        CudaCheck.logged(JCudaDriver.cuModuleUnload(module), "cuModuleUnload of " + name);
    }
}
