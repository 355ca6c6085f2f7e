package dev.rectifier.engine.cuda;

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

    private final CudaContext context;
    private final List<CudaArena> open = new ArrayList<>();
    private final List<CudaArena> internal = new ArrayList<>();

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
        return "Out of device memory: " + readable(bytes) + " asked for by " + what + ", " + state()
                + ". Train fewer replicas at once, or close what is no longer needed.";
    }

    /** How much is in use by whom, how much is free. */
    String state() {
        long[] free = new long[1];
        long[] total = new long[1];
        boolean known = JCudaDriver.cuMemGetInfo(free, total) == CUresult.CUDA_SUCCESS;
        String device = known ? readable(free[0]) + " free of " + readable(total[0]) : "free memory unknown";
        return readable(bytesInUse()) + " in use" + largest() + ", " + device;
    }

    private String largest() {
        String list = allArenas().stream()
                .filter(arena -> arena.ownBytes() > 0)
                .sorted(Comparator.comparingLong(CudaArena::ownBytes).reversed())
                .limit(LARGEST_SHOWN)
                .map(arena -> "\"" + arena.purpose() + "\" " + readable(arena.ownBytes()))
                .collect(Collectors.joining(", "));
        return list.isEmpty() ? "" : " (" + list + ")";
    }

    private List<CudaArena> allArenas() {
        List<CudaArena> all = new ArrayList<>();
        open.forEach(arena -> arena.collect(all));
        internal.forEach(arena -> arena.collect(all));
        return all;
    }

    /** Bytes in the unit a reader expects, exact below 10 KiB. */
    static String readable(long bytes) {
        if (bytes < 10 << 10) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = 0;
        while (value >= 10 << 10 && unit < 3) {
            value /= 1024;
            unit++;
        }
        return Math.round(value) + List.of(" B", " KiB", " MiB", " GiB").get(unit);
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
