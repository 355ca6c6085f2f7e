package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Finding;
import dev.rectifier.engine.NoDeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What doctor says of CUDA on this machine: driver, device, kernels, toolkit libraries, nvcc, cache of kernels. */
final class CudaFindings {
    private static final String CUDNN_CURE =
            "Install cuDNN 9, or name the folder of its libcudnn.so.9 with -Drectifier.cuda.path=FOLDER.";

    private final LibrarySearch search;
    private final Map<String, String> environment;

    CudaFindings(LibrarySearch search, Map<String, String> environment) {
        this.search = search;
        this.environment = environment;
    }

    List<Finding> all() {
        if (!Platform.isSupported()) {
            return List.of(Finding.missing("CUDA", Platform.refusal(), "training runs on the CPU", ""));
        }
        Availability gpu = new CudaProbe(search).device();
        List<Finding> all = new ArrayList<>();
        all.add(driver());
        all.add(device(gpu));
        all.add(kernels(KernelOrigin.isBuilt()));
        all.add(library("NVRTC", CudaLibraries.nvrtc(search), "compiles kernels at first use where the jar has none"));
        all.add(library("cuBLAS", CudaLibraries.cublas(search), "large products; without it our own kernels do them"));
        CudaLibraries.cublas(search).map(CudaFindings::cublasLt).ifPresent(all::add);
        all.add(cudnn());
        all.add(InstalledProgram.nvcc().in(environment.getOrDefault("PATH", ""), Path.of("/usr/local/cuda/bin")));
        all.add(cache());
        return all;
    }

    private Finding driver() {
        String effect = "reaches the GPU";
        Optional<Path> driver = CudaLibraries.realDriver(search).filter(Files::isRegularFile);
        return driver.map(file -> Finding.found("driver", described(file) + offered(), effect))
                .orElseGet(() -> Finding.missing(
                        "driver", "no NVIDIA driver (libcuda.so.1) was found", effect, CudaProbe.DRIVER_CURE));
    }

    private static String offered() {
        return CudaLibraries.uses(CudaLibraries.Driver.REAL) ? ", CUDA " + CudaDevice.driverVersion() : "";
    }

    private static Finding device(Availability gpu) {
        String effect = "trains on the GPU instead of the CPU";
        return gpu.available()
                ? Finding.found("device", gpu.reason(), effect)
                : Finding.missing("device", gpu.reason(), effect, gpu.cure());
    }

    static Finding kernels(boolean shipped) {
        String effect = "GPU kernels without a compiler on this machine";
        return shipped
                ? Finding.found("shipped kernels", "fat binaries in the jar", effect)
                : Finding.missing(
                        "shipped kernels",
                        "none in this jar: NVRTC compiles them at first use",
                        effect,
                        "Build where nvcc is on the PATH.");
    }

    private static Finding library(String name, Optional<CudaLibraries.Library> library, String effect) {
        return library.map(found -> Finding.found(name, description(found), effect))
                .orElseGet(() -> Finding.missing(
                        name, "not found (nor usable through a forwarder)", effect, CudaProbe.TOOLKIT_CURE));
    }

    private static Finding cublasLt(CudaLibraries.Library cublas) {
        String effect = "bias, ReLU, mask and bias gradient inside large products; without it in passes of their own";
        try {
            CudaLibraries.Lt found = CudaLibraries.lt(cublas);
            return Finding.found("cublasLt", described(found.file()) + ", through " + found.half(), effect);
        } catch (NoDeviceException e) {
            return Finding.missing(
                    "cublasLt",
                    String.valueOf(e.getMessage()),
                    effect,
                    "Install a whole CUDA toolkit, or build where g++ is.");
        }
    }

    private static String description(CudaLibraries.Library library) {
        List<String> names = library.files().stream()
                .filter(file -> library.description().contains(file.toString()))
                .map(CudaFindings::version)
                .toList();
        return library.description() + ", version " + String.join(" ", names);
    }

    private Finding cudnn() {
        String effect = switch (CuDnnMode.ofThisProcess()) {
            case NONE -> "left out by -Drectifier.cudnn=none";
            case COMPARE -> "comparisons in bench alone, by -Drectifier.cudnn=compare";
            case AUTO -> "large convolutions, comparisons in bench; without it our own kernels do them all";
            case ON -> "every convolution, by -Drectifier.cudnn=on; comparisons in bench";
        };
        return search.find("libcudnn.so.9")
                .map(file -> Finding.found("cuDNN", described(file), effect))
                .orElseGet(() -> Finding.missing("cuDNN", "no libcudnn.so.9 was found", effect, CUDNN_CURE));
    }

    private static Finding cache() {
        String effect = "keeps the kernels that NVRTC compiled, so that the next start need not";
        Path place = PrivateFolder.cachePlace("kernels");
        try {
            return Finding.found("kernel cache", place + ", " + PrivateFolder.content(place), effect);
        } catch (IOException e) {
            return Finding.missing(
                    "kernel cache",
                    String.valueOf(e.getMessage()),
                    effect,
                    "Mend that folder, or name another with -Drectifier.cache=FOLDER.");
        }
    }

    private static String described(Path file) {
        return file + ", version " + version(file);
    }

    /** From the name of the file behind the links: NVIDIA's end in the version, {@code libcublas.so.12.6.4.1}. */
    static String version(Path library) {
        try {
            String name = library.toRealPath().getFileName().toString();
            int at = name.indexOf(".so.");
            return at < 0 ? "unknown" : name.substring(at + 4);
        } catch (IOException e) {
            return "unknown (" + e.getMessage() + ")";
        }
    }
}
