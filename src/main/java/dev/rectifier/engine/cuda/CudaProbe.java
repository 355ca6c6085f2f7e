package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.DeviceException;
import java.nio.file.Path;
import java.util.Optional;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Looks for what a CUDA engine needs, step by step, and says where it stopped. */
final class CudaProbe {
    static final String TOOLKIT_CURE =
            "Install a CUDA 12 or 13 toolkit, or name the folder with -Drectifier.cuda.path=FOLDER.";
    static final String DRIVER_CURE = "Install an NVIDIA driver, or name the file with -Drectifier.cuda.driver=FILE.";

    private final LibrarySearch search;

    CudaProbe(LibrarySearch search) {
        this.search = search;
    }

    /** Whether an engine can be opened. */
    Availability availability() {
        Availability device = device();
        return device.available() ? kernels() : device;
    }

    /** Whether the driver answers and sees a GPU. */
    Availability device() {
        if (!Platform.isSupported()) {
            return Availability.no(Platform.refusal(), "");
        }
        Optional<String> conflict = CudaLibraries.conflict(CudaLibraries.Driver.REAL);
        if (conflict.isPresent()) {
            return Availability.no(conflict.get(), "Start another process for the GPU.");
        }
        Optional<Path> driver = CudaLibraries.realDriver(search);
        return driver.isEmpty()
                ? Availability.no("no NVIDIA driver (libcuda.so.1) was found", DRIVER_CURE)
                : behind(driver.get());
    }

    private static Availability behind(Path driver) {
        try {
            CudaLibraries.loadDriver(CudaLibraries.Driver.REAL, driver);
        } catch (DeviceException e) {
            return Availability.no(String.valueOf(e.getMessage()), DRIVER_CURE);
        }
        int status = JCudaDriver.cuInit(0);
        int[] count = new int[1];
        if (status == CUresult.CUDA_SUCCESS) {
            status = JCudaDriver.cuDeviceGetCount(count);
        }
        if (status != CUresult.CUDA_SUCCESS) {
            return Availability.no(CudaCheck.describe(status, "cuInit"), "Check the driver with nvidia-smi");
        }
        return count[0] == 0
                ? Availability.no("the driver sees no GPU", "Check CUDA_VISIBLE_DEVICES and nvidia-smi")
                : Availability.yes(CudaDevice.first().description());
    }

    private Availability kernels() {
        if (!KernelOrigin.isBuilt() && CudaLibraries.nvrtc(search).isEmpty()) {
            return Availability.no(
                    "this jar has no compiled kernels and no NVRTC was found to compile them", TOOLKIT_CURE);
        }
        return Availability.yes("NVIDIA GPU and driver found");
    }
}
