package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines as trees of empty files: what is found where, and what comes first. */
class LibrarySearchTest {
    private static final String NAME = "libcublas.so.13";
    private static final String PACKAGES = "lib/python3.12/site-packages";

    @TempDir
    private Path machine;

    @BeforeEach
    void onlyWhereItIsUsed() {
        Assumptions.assumeTrue(Platform.isSupported(), "CUDA is not used on this platform");
    }

    private Path file(String name) throws IOException {
        Path file = machine.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private Path library(String folder) throws IOException {
        return file(folder + "/" + NAME);
    }

    private LibrarySearch search(Map<String, String> environment) {
        return new LibrarySearch("", environment, machine, machine.resolve("home/me"));
    }

    private String at(String name) {
        return machine.resolve(name).toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usr/local/cuda/lib64",
                "usr/local/cuda-13.0/targets/x86_64-linux/lib",
                "opt/cuda/lib64",
                "usr/lib/x86_64-linux-gnu",
                "usr/local/nvidia/lib64",
                "usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib",
                "usr/lib/python3/dist-packages/nvidia/cublas/lib",
                "usr/lib64/python3.9/site-packages/nvidia/cublas/lib",
                "opt/conda/lib/python3.11/site-packages/nvidia/cu13/lib",
                "opt/torch/.venv/lib/python3.12/site-packages/nvidia/cu13/lib",
                "opt/jax/lib/python3.12/site-packages/nvidia/cu13/lib",
                "home/me/.local/lib/python3.10/site-packages/nvidia/cublas/lib",
                "home/me/miniconda3/lib/python3.13/site-packages/nvidia/cu13/lib"
            })
    void theUsualPlacesNeedNoEnvironment(String place) throws IOException {
        assertThat(search(Map.of()).find(NAME)).isEmpty();
        Path library = library(place);
        assertThat(search(Map.of()).find(NAME)).contains(library);
    }

    @Test
    void thePythonOnThePathLeadsToItsPackages() throws IOException {
        Path library = library("anywhere/env/" + PACKAGES + "/nvidia/cu13/lib");
        Map<String, String> environment = Map.of("PATH", at("nothing") + ":" + at("anywhere/env/bin"));
        assertThat(search(environment).find(NAME)).isEmpty();
        assertThat(file("anywhere/env/bin/python3").toFile().setExecutable(true))
                .isTrue();
        assertThat(search(environment).find(NAME)).contains(library);
    }

    @Test
    void anEnvironmentLeadsToThePythonItWasMadeFromAfterItsOwnPackages() throws IOException {
        assertThat(file("base/bin/python3.12").toFile().setExecutable(true)).isTrue();
        Files.createDirectories(machine.resolve("env/bin"));
        Files.createSymbolicLink(machine.resolve("env/bin/python"), machine.resolve("base/bin/python3.12"));
        Map<String, String> environment = Map.of("PATH", at("env/bin"));
        Path inherited = library("base/" + PACKAGES + "/nvidia/cu13/lib");
        assertThat(search(environment).find(NAME))
                .hasValueSatisfying(found -> assertThat(found)
                        .hasSameBinaryContentAs(inherited)
                        .asString()
                        .endsWith("base/" + PACKAGES + "/nvidia/cu13/lib/" + NAME));
        Path own = library("env/" + PACKAGES + "/nvidia/cu13/lib");
        assertThat(search(environment).find(NAME)).contains(own);
    }

    @Test
    void whatIsNamedComesBeforeWhatIsUsual() throws IOException {
        Path usual = library("usr/lib/python3/dist-packages/nvidia/cu13/lib");
        assertThat(search(Map.of("CONDA_PREFIX", at("conda-env"))).find(NAME)).contains(usual);
        Path conda = library("conda-env/" + PACKAGES + "/nvidia/cu13/lib");
        assertThat(search(Map.of("CONDA_PREFIX", at("conda-env"))).find(NAME)).contains(conda);
        Path target = library("target/nvidia/cu13/lib");
        Map<String, String> both = Map.of("CONDA_PREFIX", at("conda-env"), "PYTHONPATH", at("target"));
        assertThat(search(both).find(NAME)).contains(target);
        Path toolkit = library("usr/local/cuda/lib64");
        assertThat(search(both).find(NAME)).contains(toolkit);
    }

    @Test
    void theFoldersOfTheSystemsLoaderAreSearched() throws IOException {
        Path library = library("driver");
        Path list = file("etc/ld.so.conf.d/driver.conf");
        Files.writeString(
                list, "# of the container\n" + at("nothing") + "\n  " + at("driver") + "\ninclude more/*.conf\n");
        assertThat(search(Map.of()).find(NAME)).contains(library);
    }

    /** Wheels of CUDA 13 put everything into one folder, those of CUDA 12 one library into each. */
    @Test
    void aThirteenInPythonPackagesIsReachedThroughTheForwarder() throws IOException {
        Assumptions.assumeTrue(
                CudaLibraries.class.getResource("/native/linux-x86_64/libcublas.so.12") != null,
                "this build has no forwarders");
        Path helper = file("env/" + PACKAGES + "/nvidia/cu13/lib/libcublasLt.so.13");
        Path cublas = library("env/" + PACKAGES + "/nvidia/cu13/lib");
        CudaLibraries.Library found =
                CudaLibraries.cublas(search(Map.of("VIRTUAL_ENV", at("env")))).orElseThrow();
        assertThat(found.description()).contains(cublas.toString()).contains("forwarder");
        assertThat(found.files()).startsWith(helper, cublas).last().asString().endsWith("libcublas.so.12");
    }

    @Test
    void aFolderThatLetsNoProgramRunIsToldByName() {
        Throwable noexec = new UnsatisfiedLinkError("page\nlibx.so: failed to map segment from shared object");
        assertThat(BoundNatives.reason(noexec, machine))
                .contains(machine.toString())
                .contains("noexec")
                .contains("rectifier.cache");
        assertThat(BoundNatives.reason(new UnsatisfiedLinkError("first\nsecond"), machine))
                .isEqualTo("first");
    }
}
