package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver built from other kernels is told from one built from these. */
class NativeSourcesTest {
    /** Of no bytes at all. */
    private static final String NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    private Path folder;

    private Path kernels;

    @BeforeEach
    void buildFromNothing() throws IOException {
        kernels = Files.createDirectories(folder.resolve("cuda"));
        Files.createFile(kernels.resolve("a.cu"));
        Files.writeString(folder.resolve("kernels.sha256"), NOTHING + "  a.cu\n");
    }

    @Test
    void theSameKernelsAreNotStale() {
        assertThat(NativeSources.stale(folder, kernels)).isEmpty();
    }

    @Test
    void anotherKernelIsNamed() throws IOException {
        Files.writeString(kernels.resolve("a.cu"), "// new");
        assertThat(NativeSources.stale(folder, kernels))
                .hasValueSatisfying(
                        why -> assertThat(why).contains("another cuda/a.cu").contains("native/build.sh"));
    }

    @Test
    void withoutSumsOrSourcesNobodyCanTell() {
        assertThat(NativeSources.stale(kernels, kernels)).isEmpty();
        assertThat(NativeSources.stale(folder, folder.resolve("none"))).isEmpty();
    }
}
