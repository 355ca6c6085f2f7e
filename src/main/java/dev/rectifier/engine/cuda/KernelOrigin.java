package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.tensor.DType;
import java.io.IOException;
import java.util.Optional;

/** Images for a real GPU: the fat binaries in the jar where nvcc made them at build time, else NVRTC at first use. */
final class KernelOrigin implements KernelImages {
    private final LibrarySearch search;
    private final boolean built;
    private Optional<KernelImages> compiled = Optional.empty();

    KernelOrigin(LibrarySearch search) {
        this.search = search;
        this.built =
                isBuilt() && !System.getProperty("rectifier.kernels", "auto").equals("nvrtc");
    }

    /** True if the jar holds fat binaries. */
    static boolean isBuilt() {
        return KernelSource.fatBinary(KernelTable.RELU.file(), DType.F32).isPresent();
    }

    /** In words, for the manifest. */
    String description() {
        return built ? "fat binaries in the jar" : "compiled by NVRTC";
    }

    @Override
    public byte[] image(String file, DType real) {
        return built ? fatBinary(file, real) : compiler().image(file, real);
    }

    private static byte[] fatBinary(String file, DType real) {
        return KernelSource.fatBinary(file, real)
                .orElseThrow(
                        () -> new DeviceException(
                                "The fat binary of cuda/" + file
                                        + ".cu is missing from the class path though others are there: the jar is incomplete, build it anew."));
    }

    private KernelImages compiler() {
        if (compiled.isEmpty()) {
            compiled = Optional.of(openCompiler());
        }
        return compiled.get();
    }

    private KernelImages openCompiler() {
        CudaLibraries.Library library = CudaLibraries.nvrtc(search)
                .orElseThrow(
                        () -> new DeviceException(
                                "This jar was built without nvcc, so its kernels need NVRTC at first use, and no libnvrtc.so.12 or .13 was "
                                        + "found. Install a CUDA 12 or 13 toolkit, or name the folder with -Drectifier.cuda.path=FOLDER."));
        library.load();
        try {
            KernelCache cache = new KernelCache(PrivateFolder.cache("kernels"));
            return new CompiledImages(
                    new Nvrtc(), cache, Nvrtc.architecture(CudaDevice.first().capability()));
        } catch (IOException e) {
            throw new DeviceException("The cache of compiled kernels cannot be opened: " + e.getMessage(), e);
        }
    }
}
