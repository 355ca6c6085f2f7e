package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A device with its primary context and the one stream everything runs on. The stream is ordered against the driver's
 * synchronous copies, so uploads and downloads need no event. Closed in reverse order of opening.
 */
final class CudaContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaContext.class);

    private final CUdevice device;
    private final CUcontext context = new CUcontext();
    private final CudaStream stream = new CudaStream();
    private final String deviceName;
    private final int capability;
    private final int sharedBytes;
    private final int multiprocessors;
    private final int cacheBytes;
    private final CudaMemory memory;
    private Optional<Thread> bound = Optional.empty();
    private Optional<Object> lastLaunch = Optional.empty();
    private long launches;
    private boolean open;
    private boolean lost;

    private CudaContext(CudaDevice device) {
        this.cacheBytes = device.cacheBytes();
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
            released(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
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
        released(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
        bound = Optional.of(Thread.currentThread());
    }

    boolean isOpen() {
        return open;
    }

    CudaStream stream() {
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

    /** Bytes of the second-level cache. */
    int cacheBytes() {
        return cacheBytes;
    }

    /** Kernels and library calls so far. */
    long launches() {
        return launches;
    }

    /** Counts a call of a library that launches for itself. */
    void libraryCalled() {
        launches++;
    }

    /** Remembered, because an error of a kernel shows only at the next call that waits. */
    void launched(Object launch) {
        launches++;
        lastLaunch = Optional.of(launch);
    }

    void synchronize() {
        bind();
        finished(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    /** Throws unless the call succeeded. */
    void check(int status, String call) {
        check(status, call, "");
    }

    /** The same; {@code more} ends the message. */
    void check(int status, String call, String more) {
        lost = lost || CudaCheck.losesContext(status);
        CudaCheck.check(status, call, more);
    }

    /**
     * For releases: a failure is logged, so that the releases after it still happen. Once a call has said that the context is
     * lost, which frees all it held, a release that fails is no news.
     */
    void released(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            LOG.atLevel(lost ? Level.DEBUG : Level.WARN).log("While closing: {}", CudaCheck.describe(status, call));
            lost = lost || CudaCheck.losesContext(status);
        }
    }

    boolean isLost() {
        return lost;
    }

    /** Checks a call that waits for earlier work: the message names the last launch too. */
    void finished(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            check(status, lastLaunch.map(launch -> call + after(launch)).orElse(call));
        }
    }

    private static String after(Object launch) {
        return launch instanceof Launch ? " after kernel " + launch : " after " + launch;
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        bindToClose();
        memory.close();
        released(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
        released(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
        open = false;
    }
}
