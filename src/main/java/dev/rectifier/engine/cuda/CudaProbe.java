package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Looks for what a CUDA engine needs and could use, step by step, and says where it stopped. */
final class CudaProbe {
    private static final String TOOLKIT_CURE =
            "Install a CUDA 12 or 13 toolkit, or name the folder with -Drectifier.cuda.path=FOLDER.";

    private final LibrarySearch search;

    CudaProbe(LibrarySearch search) {
        this.search = search;
    }

    Availability availability() {
        if (!Platform.isSupported()) {
            return Availability.no(Platform.refusal(), "");
        }
        Optional<String> conflict = CudaLibraries.conflict(CudaLibraries.Driver.REAL);
        if (conflict.isPresent()) {
            return Availability.no(conflict.get(), "Start another process for the GPU.");
        }
        Optional<Path> driver = CudaLibraries.realDriver(search);
        if (driver.isEmpty()) {
            return Availability.no(
                    "no NVIDIA driver (libcuda.so.1) was found",
                    "Install one, or name the file with -Drectifier.cuda.driver=FILE");
        }
        CudaLibraries.loadDriver(CudaLibraries.Driver.REAL, driver.get());
        return device();
    }

    private Availability device() {
        int status = JCudaDriver.cuInit(0);
        int[] count = new int[1];
        if (status == CUresult.CUDA_SUCCESS) {
            status = JCudaDriver.cuDeviceGetCount(count);
        }
        if (status != CUresult.CUDA_SUCCESS) {
            return Availability.no(CudaCheck.describe(status, "cuInit"), "Check the driver with nvidia-smi");
        }
        if (count[0] == 0) {
            return Availability.no("the driver sees no GPU", "Check CUDA_VISIBLE_DEVICES and nvidia-smi");
        }
        return kernels();
    }

    private Availability kernels() {
        if (!KernelOrigin.isBuilt() && CudaLibraries.nvrtc(search).isEmpty()) {
            return Availability.no(
                    "this jar has no compiled kernels and no NVRTC was found to compile them", TOOLKIT_CURE);
        }
        return Availability.yes("NVIDIA GPU and driver found");
    }

    List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        Availability gpu = availability();
        String use = "trains on the GPU instead of the CPU";
        all.add(
                gpu.available()
                        ? Finding.found("GPU", gpu.reason(), use)
                        : Finding.missing("GPU", gpu.reason(), use, gpu.cure()));
        all.add(kernelFinding());
        all.add(library("NVRTC", CudaLibraries.nvrtc(search), "compiles kernels at first use where the jar has none"));
        all.add(library("cuBLAS", CudaLibraries.cublas(search), "large products; without it our own kernels do them"));
        return all;
    }

    private static Finding kernelFinding() {
        String effect = "GPU kernels without a compiler on this machine";
        return KernelOrigin.isBuilt()
                ? Finding.found("compiled kernels", "fat binaries in the jar", effect)
                : Finding.missing("compiled kernels", "none in this jar", effect, "Build where nvcc is on the PATH.");
    }

    private static Finding library(String name, Optional<CudaLibraries.Library> library, String effect) {
        return library.map(found -> Finding.found(name, found.description(), effect))
                .orElseGet(() ->
                        Finding.missing(name, "not found (nor usable through a forwarder)", effect, TOOLKIT_CURE));
    }
}
