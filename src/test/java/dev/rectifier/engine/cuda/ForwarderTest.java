package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JCuda's CUDA 12 bindings on a CUDA 13 host. A process has one library of each name, so each case has its own process. */
class ForwarderTest {
    private static final int SECONDS = 60;

    @TempDir
    Path folder;

    private static Path natives() {
        return Path.of(System.getProperty("rectifier.native", ""));
    }

    @BeforeEach
    void built() {
        Emulated.require();
        Assumptions.assumeTrue(
                Files.exists(natives().resolve("forwarder/libnvrtc.so.12")), "the forwarders were not built");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nvrtc", "cublas", "doctor"})
    void aLibraryOfCudaThirteenIsReached(String library) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx200m",
                        "-XX:TieredStopAtLevel=1",
                        "-Drectifier.native=" + natives().toAbsolutePath(),
                        "-Drectifier.cuda.driver=" + natives().toAbsolutePath().resolve("emulated/libcuda.so.1"),
                        "-Drectifier.cache=" + folder.resolve("cache"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ForwardedLibraries.class.getName(),
                        library)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = child.waitFor(SECONDS, TimeUnit.SECONDS);
        child.destroyForcibly();
        assertThat(ended).as("ends within %s seconds", SECONDS).isTrue();
        assertThat(child.exitValue()).as(Files.readString(log)).isZero();
    }
}
