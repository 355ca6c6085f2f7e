package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Availability;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the providers say of themselves, and where libraries are looked for. */
class ProvidersTest {
    @TempDir
    Path folder;

    private Path library(String place, String name) throws IOException {
        Path file = folder.resolve(place).resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    @Test
    void aProbeSaysWhyNotAndWhatToDo() {
        for (Availability found :
                new Availability[] {new CudaEngineProvider().probe(), new EmulatedEngineProvider().probe()}) {
            assertThat(found.reason()).isNotBlank();
            assertThat(found.available() || !found.cure().isBlank() || !Platform.isSupported())
                    .isTrue();
        }
        assertThat(new EmulatedEngineProvider().priority()).isNegative();
    }

    @Test
    void findingsNameEffectAndCure() {
        for (Finding finding : new CudaEngineProvider().findings()) {
            assertThat(finding.effect()).isNotBlank();
            assertThat(finding.present() || !finding.cure().isBlank() || !Platform.isSupported())
                    .as(finding.toString())
                    .isTrue();
        }
    }

    @Test
    void aProcessHasOneDriver() {
        Emulated.open().close();
        Availability real = new CudaEngineProvider().probe();
        assertThat(real.available()).isFalse();
        assertThat(real.reason()).contains("emulated").contains("one libcuda.so.1");
        assertThatThrownBy(() -> CudaLibraries.loadDriver(CudaLibraries.Driver.REAL, Path.of("libcuda.so.1")))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("another process");
    }

    @Test
    void anEmulatedEngineWithoutADriverSaysHowToBuildIt() {
        String before = System.getProperty("rectifier.native", "");
        System.setProperty("rectifier.native", folder.toString());
        try {
            assertThat(new EmulatedEngineProvider().probe().available()).isFalse();
            assertThatThrownBy(() -> new EmulatedEngineProvider().open(EngineOptions.defaults()))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("native/build.sh");
        } finally {
            System.setProperty("rectifier.native", before);
        }
    }

    @Test
    void theNamedFolderComesBeforeTheEnvironment() throws IOException {
        Path named = library("named", "libprobe.so.1");
        library("toolkit/lib64", "libprobe.so.1");
        Path home = library("toolkit/lib64", "libonly.so.1");
        Map<String, String> environment =
                Map.of("CUDA_HOME", folder.resolve("toolkit").toString());
        LibrarySearch search = new LibrarySearch(folder.resolve("named").toString(), environment);
        assertThat(search.find("libprobe.so.1")).contains(named);
        assertThat(search.find("libonly.so.1")).contains(home);
        assertThat(search.find("libnowhere.so.1")).isEmpty();
    }

    @Test
    void pythonPackagesAreSearched() throws IOException {
        Path file = library("venv/lib/python3.11/site-packages/nvidia/cu13/lib", "libprobe.so.2");
        LibrarySearch search = new LibrarySearch(
                "", Map.of("VIRTUAL_ENV", folder.resolve("venv").toString()));
        assertThat(search.find("libprobe.so.2")).contains(file);
    }

    @Test
    void cublasOfATwelveToolkitLoadsItsHelperFirst() throws IOException {
        Path helper = library("lib", "libcublasLt.so.12");
        Path cublas = library("lib", "libcublas.so.12");
        LibrarySearch search = new LibrarySearch(folder.resolve("lib").toString(), Map.of());
        assertThat(CudaLibraries.cublas(search).orElseThrow().files()).containsExactly(helper, cublas);
    }
}
