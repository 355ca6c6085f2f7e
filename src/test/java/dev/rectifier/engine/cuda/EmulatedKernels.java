package dev.rectifier.engine.cuda;

/** Kernels on the emulated driver, below the engine: for tests that launch them one by one. */
record EmulatedKernels(CudaContext context, Kernels kernels) implements AutoCloseable {
    static EmulatedKernels open() {
        Emulated.open().close(); // loads the driver
        CudaContext context = CudaContext.open();
        return new EmulatedKernels(context, new Kernels(context, EmulatedEngineProvider::image));
    }

    @Override
    public void close() {
        kernels.close();
        context.close();
    }
}
