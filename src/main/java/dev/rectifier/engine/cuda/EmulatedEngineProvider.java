package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.EngineProvider;
import dev.rectifier.engine.Finding;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CUDA engine on the emulated driver of {@code native/}: the same launches, the same kernels compiled for the host.
 * For tests on machines without a GPU; it is slow, and never chosen unless named.
 */
public final class EmulatedEngineProvider implements EngineProvider {
    private static final String CURE =
            "Build it with \"sh native/build.sh target/native\" and pass -Drectifier.native=target/native.";

    @Override
    public String name() {
        return "emulated";
    }

    @Override
    public int priority() {
        return -1;
    }

    @Override
    public Availability probe() {
        Optional<String> conflict = CudaLibraries.conflict(CudaLibraries.Driver.EMULATED);
        if (conflict.isPresent()) {
            return Availability.no(conflict.get(), "Start another process for the emulated engine.");
        }
        if (!Platform.isSupported()) {
            return Availability.no(Platform.refusal(), "");
        }
        Optional<Path> driver = file("libcuda.so.1");
        return driver.isPresent()
                ? Availability.yes("emulated driver " + driver.get())
                : Availability.no("the emulated driver is not there (" + place() + ")", CURE);
    }

    @Override
    public List<Finding> findings() {
        Availability found = probe();
        String effect = "runs the CUDA engine's kernels on the host, for tests";
        return List.of(
                found.available()
                        ? Finding.found("emulated driver", found.reason(), effect)
                        : Finding.missing("emulated driver", found.reason(), effect, found.cure()),
                InstalledProgram.cpp().in(System.getenv().getOrDefault("PATH", "")));
    }

    private static String place() {
        String folder = folder();
        return folder.isEmpty() ? "the property rectifier.native is not set" : folder + "/emulated/libcuda.so.1";
    }

    private static String folder() {
        return System.getProperty("rectifier.native", "");
    }

    private static Optional<Path> file(String name) {
        Path file = Path.of(folder(), "emulated", name);
        return folder().isEmpty() || !Files.isRegularFile(file) ? Optional.empty() : Optional.of(file);
    }

    @Override
    public Engine open(EngineOptions options) {
        Path driver = file("libcuda.so.1")
                .orElseThrow(
                        () -> new NoDeviceException("The emulated driver is not there (" + place() + "). " + CURE));
        CudaLibraries.loadDriver(CudaLibraries.Driver.EMULATED, driver);
        Optional<CudaLibraries.Library> cublas = Platform.mayUseCublas()
                ? file("libcublas.so.12").map(EmulatedEngineProvider::cublas)
                : Optional.empty();
        Optional<CudaLibraries.Library> cudnn = Platform.mayUseCudnn()
                ? file("libcudnn.so.9").map(file -> CudaLibraries.cudnn("emulated " + file, file))
                : Optional.empty();
        CudaEngine.Plan plan = new CudaEngine.Plan(
                name(), EmulatedEngineProvider::image, "compiled for the host, in the emulated driver", cublas, cudnn);
        return Platform.open(plan, options);
    }

    private static CudaLibraries.Library cublas(Path file) {
        List<Path> files = Stream.concat(file("libcublasLt.so.12").stream(), Stream.of(file))
                .toList();
        return CudaLibraries.cublas("emulated " + file, files);
    }

    /** The text that tells the emulated driver which of its modules is meant. */
    static byte[] image(String file, DType real) {
        return ("RECTIFIER-EMULATED " + KernelSource.module(file, real) + "\0").getBytes(StandardCharsets.US_ASCII);
    }
}
