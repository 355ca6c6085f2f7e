package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of a machine with nothing, and of one with a toolkit. */
class CudaFindingsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void ownCache() {
        Assumptions.assumeTrue(Platform.isSupported(), "CUDA is not used on this platform");
        System.setProperty("rectifier.cache", folder.resolve("cache").toString());
    }

    @AfterEach
    void restore() {
        System.clearProperty("rectifier.cache");
    }

    private Map<String, Finding> findings() {
        return new CudaFindings(LibrarySearch.only(folder), Map.of("PATH", folder.toString()))
                .all().stream().collect(Collectors.toMap(Finding::subject, finding -> finding));
    }

    private static Finding named(Map<String, Finding> findings, String subject) {
        return Objects.requireNonNull(findings.get(subject), subject);
    }

    @Test
    void whatIsMissingHasAnEffectAndACure() {
        Map<String, Finding> findings = findings();
        for (String subject : new String[] {"driver", "device", "NVRTC", "cuBLAS", "cuDNN"}) {
            Finding finding = named(findings, subject);
            assertThat(finding.present()).as(subject).isFalse();
            assertThat(finding.detail()).as(subject).isNotBlank();
            assertThat(finding.effect()).as(subject).isNotBlank();
            assertThat(finding.cure()).as(subject).isNotBlank();
        }
        assertThat(CudaFindings.kernels(false).cure()).contains("nvcc");
        assertThat(CudaFindings.kernels(true).present()).isTrue();
    }

    @Test
    void librariesAreFoundWithTheirVersions() throws IOException {
        library("libcublas.so.12", "libcublas.so.12.6.4.1");
        library("libnvrtc.so.12", "libnvrtc.so.12.6.85");
        library("libcudnn.so.9", "libcudnn.so.9.5.1");
        assertThat(named(findings(), "cublasLt").detail()).contains("no libcublasLt beside cuBLAS");
        library("libcublasLt.so.12", "libcublasLt.so.12.6.4.1");
        Map<String, Finding> findings = findings();
        assertThat(named(findings, "cuBLAS").present()).isTrue();
        assertThat(named(findings, "cuBLAS").detail()).contains("version 12.6.4.1");
        assertThat(named(findings, "cublasLt").detail())
                .containsAnyOf("version 12.6.4.1, through", "librectifier_lt.so");
        assertThat(named(findings, "NVRTC").detail()).contains("version 12.6.85");
        assertThat(named(findings, "cuDNN").detail()).contains("version 9.5.1");
        assertThat(named(findings, "cuDNN").effect()).contains("large convolutions");
    }

    @Test
    void itSaysHowCuDnnIsToBeUsed() throws IOException {
        library("libcudnn.so.9", "libcudnn.so.9.5.1");
        Map<String, String> effects = Map.of("none", "left out", "compare", "bench alone", "on", "every convolution");
        try {
            effects.forEach((mode, words) -> {
                System.setProperty("rectifier.cudnn", mode);
                assertThat(named(findings(), "cuDNN").effect()).contains(words);
            });
        } finally {
            System.clearProperty("rectifier.cudnn");
        }
    }

    private void library(String name, String file) throws IOException {
        Files.createFile(folder.resolve(file));
        Files.createSymbolicLink(folder.resolve(name), Path.of(file));
    }

    @Test
    void theCacheIsCountedAndNotMade() throws IOException {
        assertThat(named(findings(), "kernel cache").present()).isTrue();
        assertThat(folder.resolve("cache")).doesNotExist();
        PrivateFolder.cache("kernels").write("a.kernel", new byte[1]);
        assertThat(named(findings(), "kernel cache").detail()).contains("1 files");
        Path kernels = folder.resolve("cache/kernels");
        Files.setPosixFilePermissions(kernels, PosixFilePermissions.fromString("rwxrwxrwx"));
        Finding refused = named(findings(), "kernel cache");
        assertThat(refused.present()).isFalse();
        assertThat(refused.detail()).contains("other users");
        assertThat(refused.cure()).contains("-Drectifier.cache");
    }

    @Test
    void aCompilerIsAskedForItsVersion() throws IOException {
        program("nvcc", "echo 'nvcc: NVIDIA'; echo 'Cuda compilation tools, release 13.0, V13.0.1'; echo 'Build'");
        Finding nvcc = InstalledProgram.nvcc().in(folder.toString());
        assertThat(nvcc.present()).isTrue();
        assertThat(nvcc.detail()).isEqualTo(folder.resolve("nvcc") + ", Cuda compilation tools, release 13.0, V13.0.1");
        program("g++", "echo 'g++ 14.2.0'; echo 'Copyright'");
        assertThat(InstalledProgram.cpp().in("", folder).detail()).endsWith("g++, g++ 14.2.0");
    }

    @Test
    void aCompilerThatIsNotThereOrFailsIsMissing() throws IOException {
        Finding none = InstalledProgram.nvcc().in(folder.toString());
        assertThat(none.present()).isFalse();
        assertThat(none.effect()).isNotBlank();
        assertThat(none.cure()).contains("toolkit");
        program("c++", "exit 3");
        Finding broken = InstalledProgram.cpp().in(folder.toString());
        assertThat(broken.present()).isFalse();
        assertThat(broken.detail()).contains("status 3");
        program("c++", "true");
        assertThat(InstalledProgram.cpp().in(folder.toString()).detail()).contains("empty answer");
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
