package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Stopwatch;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Two events on the engine's stream. */
final class CudaStopwatch implements Stopwatch {
    private final CudaContext context;
    private final CUevent first = new CUevent();
    private final CUevent last = new CUevent();

    CudaStopwatch(CudaContext context) {
        this.context = context;
        context.bind();
        context.check(JCudaDriver.cuEventCreate(first, 0), "cuEventCreate");
        int status = JCudaDriver.cuEventCreate(last, 0);
        if (status != CUresult.CUDA_SUCCESS) {
            context.released(JCudaDriver.cuEventDestroy(first), "cuEventDestroy");
        }
        context.check(status, "cuEventCreate");
    }

    @Override
    public void start() {
        mark(first);
    }

    @Override
    public void stop() {
        mark(last);
    }

    private void mark(CUevent event) {
        context.bind();
        context.check(JCudaDriver.cuEventRecord(event, context.stream()), "cuEventRecord");
    }

    @Override
    public double seconds() {
        context.finished(JCudaDriver.cuEventSynchronize(last), "cuEventSynchronize");
        float[] milliseconds = new float[1];
        context.check(JCudaDriver.cuEventElapsedTime(milliseconds, first, last), "cuEventElapsedTime");
        return milliseconds[0] * 1e-3;
    }

    @Override
    public void close() {
        context.bindToClose();
        context.released(JCudaDriver.cuEventDestroy(first), "cuEventDestroy");
        context.released(JCudaDriver.cuEventDestroy(last), "cuEventDestroy");
    }
}
