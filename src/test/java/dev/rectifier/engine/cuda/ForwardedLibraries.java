package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Finding;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A process of its own, started by {@link ForwarderTest}: it finds nothing but the doubles of a CUDA 13 toolkit, and reaches
 * them from JCuda's CUDA 12 bindings through the forwarders.
 */
final class ForwardedLibraries {
    private static final int SIDE = 64;

    private ForwardedLibraries() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(System.getProperty("rectifier.native"));
        LibrarySearch search = LibrarySearch.only(folder.resolve("doubles"));
        switch (arguments[0]) {
            case "nvrtc" -> compile(CudaLibraries.nvrtc(search).orElseThrow());
            case "cublas" -> multiply(folder, CudaLibraries.cublas(search).orElseThrow());
            case "doctor" -> examine(search);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void compile(CudaLibraries.Library library) {
        assertThat(library.description()).contains("libnvrtc.so.13").contains("forwarder");
        library.load();
        Nvrtc compiler = new Nvrtc();
        assertThat(compiler.version()).isEqualTo("NVRTC 13.0");
        for (String architecture : List.of("sm_90", "compute_75")) {
            List<String> options = List.of("--gpu-architecture=" + architecture);
            byte[] image = compiler.compile("probe.cu", "kernel", Map.of("probe.cuh", "header"), options);
            assertThat(new String(image, StandardCharsets.US_ASCII))
                    .startsWith("// compiled --gpu-architecture=" + architecture + "\nkernel");
        }
        assertThatThrownBy(() -> compiler.compile("probe.cu", "#error", Map.of(), List.of()))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("cuda/probe.cu")
                .hasMessageContaining("NVRTC_ERROR_COMPILATION")
                .hasMessageContaining("the source contains #error");
        assertThatThrownBy(() -> Nvrtc.architecture(90)) // the double lacks this entry
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("nvrtcGetNumSupportedArchs");
    }

    /** y = x w^T of ones and twos: every element is 2 SIDE. */
    private static void multiply(Path folder, CudaLibraries.Library library) {
        assertThat(library.description()).contains("libcublas.so.13").contains("forwarder");
        CudaLibraries.loadDriver(CudaLibraries.Driver.EMULATED, folder.resolve("emulated/libcuda.so.1"));
        CudaEngine.Plan plan = new CudaEngine.Plan(
                "forwarded", EmulatedEngineProvider::image, "emulated", Optional.of(library), Optional.empty());
        EngineOptions options = EngineOptions.defaults().withDeterminism(Determinism.RUN);
        try (Engine engine = Platform.open(plan, options);
                Arena arena = engine.openArena("forwarded")) {
            View x = arena.upload(filled(1)).view();
            View w = arena.upload(filled(2)).view();
            View y = arena.allocate(DType.F64, x.shape()).view();
            engine.dense().forward(y, x, w);
            assertThat(y.download().doubles()).containsOnly(2.0 * SIDE);
            assertThat(engine.info().versions().get("cublasLt")).contains("libcublasLt.so.13");
            engine.dense().forward(y, x, w, w.slice(0, Shape.of(SIDE)));
            assertThat(y.download().doubles()).containsOnly(2.0 * SIDE + 2);
        }
    }

    private static Finding named(Map<String, Finding> findings, String subject) {
        return Objects.requireNonNull(findings.get(subject), subject);
    }

    /** The emulated driver in the place of the real one: doctor asks it as it would ask NVIDIA's. */
    private static void examine(LibrarySearch search) {
        Map<String, Finding> found = new CudaFindings(search, Map.of())
                .all().stream().collect(Collectors.toMap(Finding::subject, finding -> finding));
        assertThat(named(found, "driver").present()).isTrue();
        assertThat(named(found, "driver").detail()).contains("libcuda.so.1").containsPattern(", CUDA \\d+\\.\\d");
        assertThat(named(found, "device").present()).isTrue();
        assertThat(named(found, "device").detail())
                .containsPattern("\\w+, compute capability \\d+\\.\\d, \\d+(\\.\\d)? [KMG]iB");
        assertThat(named(found, "cuBLAS").detail()).contains("forwarder").contains("version 13");
        assertThat(named(found, "NVRTC").detail()).contains("forwarder").contains("version 13");
    }

    private static HostTensor filled(double value) {
        HostTensor values = HostTensor.zeros(DType.F64, Shape.of(1, SIDE, SIDE));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, value);
        }
        return values;
    }
}
