package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.EngineProvider;
import dev.rectifier.engine.Finding;
import dev.rectifier.engine.NoDeviceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The CUDA engine on an NVIDIA GPU. Works with a driver alone; cuBLAS, where found, takes the large products.
 *
 * <p>Properties: {@code rectifier.cuda.driver} (path of libcuda.so.1), {@code rectifier.cuda.path} (folders of toolkit
 * libraries), {@code rectifier.cublas=none}, {@code rectifier.cublaslt=off|auto|on}, {@code rectifier.cudnn=none|compare|auto|on}
 * with {@code rectifier.cudnn.workspace=MIB},
 * {@code rectifier.kernels=nvrtc} (ignore the fat binaries in the jar),
 * {@code rectifier.cache} (folder of compiled kernels), {@code rectifier.native} (folder of the forwarders for CUDA 13).
 */
public final class CudaEngineProvider implements EngineProvider {
    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Availability probe() {
        try {
            return new CudaProbe(LibrarySearch.ofThisProcess()).availability();
        } catch (RuntimeException e) {
            return Availability.no(String.valueOf(e.getMessage()), "");
        }
    }

    @Override
    public List<Finding> findings() {
        try {
            return new CudaFindings(LibrarySearch.ofThisProcess(), System.getenv()).all();
        } catch (RuntimeException e) {
            return List.of(Finding.missing("CUDA", String.valueOf(e.getMessage()), "training runs on the CPU", ""));
        }
    }

    @Override
    public Engine open(EngineOptions options) {
        LibrarySearch search = LibrarySearch.ofThisProcess();
        Path driver = CudaLibraries.realDriver(search)
                .orElseThrow(
                        () -> new NoDeviceException(
                                "There is no libcuda.so.1: install an NVIDIA driver, or name the file with -Drectifier.cuda.driver=FILE."));
        CudaLibraries.loadDriver(CudaLibraries.Driver.REAL, driver);
        Optional<CudaLibraries.Library> cublas =
                Platform.mayUseCublas() ? CudaLibraries.cublas(search) : Optional.empty();
        Optional<CudaLibraries.Library> cudnn = Platform.mayUseCudnn() ? CudaLibraries.cudnn(search) : Optional.empty();
        KernelOrigin origin = new KernelOrigin(search);
        return Platform.open(new CudaEngine.Plan(name(), origin, origin.description(), cublas, cudnn), options);
    }
}
