package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Bytes;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Device memory with its books: which arenas hold how much. */
final class CudaMemory {
    private static final int LARGEST_SHOWN = 5;
    private static final long RESERVED = 32; // one part in so many, for what is allocated behind the arenas
    private static final long MOST_RESERVED = 1L << 30;
    private static final String CURE = "Close what else uses the device.";

    private final CudaContext context;
    private final List<CudaArena> open = new ArrayList<>();
    private final List<CudaArena> internal = new ArrayList<>();
    private long moves;

    CudaMemory(CudaContext context) {
        this.context = context;
    }

    CudaContext context() {
        return context;
    }

    CudaArena openArena(String purpose) {
        return openArena(purpose, open);
    }

    /** An arena of the engine itself, not counted in {@link #bytesInUse()}. */
    CudaArena openInternalArena(String purpose) {
        return openArena(purpose, internal);
    }

    private CudaArena openArena(String purpose, List<CudaArena> holder) {
        context.bind();
        CudaArena arena = new CudaArena(this, purpose, holder);
        holder.add(arena);
        return arena;
    }

    /** How often memory of the engine itself has moved: recorded work that knew its old place must not be done. */
    long moves() {
        return moves;
    }

    void moved() {
        moves++;
    }

    /** Bytes held by open arenas. */
    long bytesInUse() {
        return open.stream().mapToLong(CudaArena::bytes).sum();
    }

    /** Allocates at least one byte. */
    DeviceAddress allocate(long bytes, String what) {
        context.bind();
        DeviceAddress address = new DeviceAddress();
        int status = JCudaDriver.cuMemAlloc(address, Math.max(bytes, 1));
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new OutOfDeviceMemoryException(outOfMemory(bytes, what));
        }
        context.finished(status, "cuMemAlloc of " + bytes + " bytes for " + what);
        return address;
    }

    void free(DeviceAddress address) {
        context.released(JCudaDriver.cuMemFree(address), "cuMemFree");
    }

    private String outOfMemory(long bytes, String what) {
        return "Out of device memory: " + Bytes.words(bytes) + " asked for by " + what + ", " + state()
                + ". Train fewer replicas at once, or close what is no longer needed.";
    }

    /** What the driver says is free; the reserve is for scratch, workspace and the rounding of allocations to whole pages. */
    DeviceMemory now() {
        context.bind();
        long[] free = new long[1];
        long[] total = new long[1];
        context.finished(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
        return new DeviceMemory(free[0], total[0], Math.min(total[0] / RESERVED, MOST_RESERVED), CURE);
    }

    /** How much is in use by whom, how much is free. */
    String state() {
        long[] free = new long[1];
        long[] total = new long[1];
        boolean known = JCudaDriver.cuMemGetInfo(free, total) == CUresult.CUDA_SUCCESS;
        String device = known ? Bytes.words(free[0]) + " free of " + Bytes.words(total[0]) : "free memory unknown";
        return Bytes.words(bytesInUse()) + " in use" + largest() + ", " + device;
    }

    private String largest() {
        String list = allArenas().stream()
                .filter(arena -> arena.ownBytes() > 0)
                .sorted(Comparator.comparingLong(CudaArena::ownBytes).reversed())
                .limit(LARGEST_SHOWN)
                .map(arena -> "\"" + arena.purpose() + "\" " + Bytes.words(arena.ownBytes()))
                .collect(Collectors.joining(", "));
        return list.isEmpty() ? "" : " (" + list + ")";
    }

    private List<CudaArena> allArenas() {
        List<CudaArena> all = new ArrayList<>();
        open.forEach(arena -> arena.collect(all));
        internal.forEach(arena -> arena.collect(all));
        return all;
    }

    /** Closes what is still open, the youngest first. */
    void close() {
        close(open);
        close(internal);
    }

    private static void close(List<CudaArena> arenas) {
        for (int i = arenas.size() - 1; i >= 0; i--) {
            arenas.get(i).close();
        }
    }
}
