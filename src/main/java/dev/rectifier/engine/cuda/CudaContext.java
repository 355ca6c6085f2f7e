package dev.rectifier.engine.cuda;

import static dev.rectifier.engine.cuda.CudaCheck.check;
import static dev.rectifier.engine.cuda.CudaCheck.logged;

import dev.rectifier.engine.DeviceException;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A device with its primary context and the one stream everything runs on. The stream is ordered against the driver's
 * synchronous copies, so uploads and downloads need no event. Closed in reverse order of opening.
 */
final class CudaContext implements AutoCloseable {
    private final CUdevice device;
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final String deviceName;
    private final int capability;
    private final int sharedBytes;
    private final int multiprocessors;
    private final CudaMemory memory;
    private Optional<Thread> bound = Optional.empty();
    private Optional<Launch> lastLaunch = Optional.empty();
    private boolean open;

    private CudaContext(CudaDevice device) {
        this.device = device.handle();
        this.deviceName = device.name();
        this.capability = device.capability();
        this.sharedBytes = device.sharedBytes();
        this.multiprocessors = device.multiprocessors();
        this.memory = new CudaMemory(this);
    }

    /** Opens device 0 (of those CUDA_VISIBLE_DEVICES shows). The driver library has been loaded. */
    static CudaContext open() {
        JCudaDriver.setExceptionsEnabled(false);
        CudaContext result = new CudaContext(CudaDevice.first());
        result.retain();
        return result;
    }

    private void retain() {
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        try {
            open = true;
            bind();
            check(JCudaDriver.cuStreamCreate(stream, 0), "cuStreamCreate");
        } catch (DeviceException e) {
            open = false;
            logged(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
            throw e;
        }
    }

    /** Makes the context current for the calling thread; cheap while it stays the same thread. */
    void bind() {
        if (!open) {
            throw new IllegalStateException("The CUDA engine on " + deviceName + " was used after it had been closed.");
        }
        Thread caller = Thread.currentThread();
        if (bound.isEmpty() || bound.get() != caller) {
            check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            bound = Optional.of(caller);
        }
    }

    /** As {@link #bind}, for releases: a failure is logged. */
    void bindToClose() {
        logged(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
        bound = Optional.of(Thread.currentThread());
    }

    boolean isOpen() {
        return open;
    }

    CUstream stream() {
        return stream;
    }

    CudaMemory memory() {
        return memory;
    }

    String deviceName() {
        return deviceName;
    }

    /** Compute capability as a number: 90 for 9.0. */
    int capability() {
        return capability;
    }

    /** Bytes of shared memory that a block may ask for. */
    int sharedBytes() {
        return sharedBytes;
    }

    int multiprocessors() {
        return multiprocessors;
    }

    /** Remembered, because an error of a kernel shows only at the next call that waits. */
    void launched(Launch launch) {
        lastLaunch = Optional.of(launch);
    }

    void synchronize() {
        bind();
        finished(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    /** Checks a call that waits for earlier work: the message names the last launch too. */
    void finished(int status, String call) {
        check(status, lastLaunch.map(launch -> call + " after kernel " + launch).orElse(call));
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        bindToClose();
        memory.close();
        logged(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
        logged(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
        open = false;
    }
}
