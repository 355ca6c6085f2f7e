package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The on-disk cache of compiled kernels: kept, verified, private, whole or absent. */
@EnabledOnOs(OS.LINUX)
class KernelCacheTest {
    @TempDir
    Path folder;

    private static final byte[] IMAGE = "an image".getBytes(StandardCharsets.UTF_8);

    private PrivateFolder open() throws IOException {
        return PrivateFolder.open(folder.resolve("kernels"));
    }

    private Path file() {
        return folder.resolve("kernels").resolve(KernelCache.fileName("key"));
    }

    @Test
    void anImageIsFoundAgain() throws IOException {
        new KernelCache(open()).store("key", IMAGE);
        assertThat(new KernelCache(open()).find("key")).contains(IMAGE);
        assertThat(new KernelCache(open()).find("another")).isEmpty();
    }

    @Test
    void aChangedByteIsNoticed() throws IOException {
        KernelCache cache = new KernelCache(open());
        cache.store("key", IMAGE);
        byte[] whole = Files.readAllBytes(file());
        for (int i = 0; i < whole.length; i += 9) {
            byte[] changed = whole.clone();
            changed[i] ^= 1;
            Files.write(file(), changed);
            assertThat(cache.find("key")).as("byte %s changed", i).isEmpty();
        }
    }

    @Test
    void aTruncationIsNoticed() throws IOException {
        KernelCache cache = new KernelCache(open());
        cache.store("key", IMAGE);
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 13) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            assertThat(cache.find("key")).as("cut to %s bytes", length).isEmpty();
        }
    }

    @Test
    void filesAndFolderAreTheOwnersAlone() throws IOException {
        new KernelCache(open()).store("key", IMAGE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void aFolderOthersMayEnterIsRefused() throws IOException {
        open();
        Files.setPosixFilePermissions(folder.resolve("kernels"), PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other users")
                .hasMessageContaining("chmod 700");
    }

    @Test
    void aLinkedFolderIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("kernels"), elsewhere);
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("symbolic link");
    }

    @Test
    void aLinkedFileIsNotLoaded() throws IOException {
        KernelCache cache = new KernelCache(open());
        cache.store("key", IMAGE);
        Path moved = Files.move(file(), folder.resolve("moved"));
        Files.createSymbolicLink(file(), moved);
        assertThat(cache.find("key")).isEmpty();
    }

    @Test
    void manyWritersAtOnceLeaveOneWholeFile() throws Exception {
        KernelCache cache = new KernelCache(open());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            writers.add(threads.submit(() -> cache.store("key", IMAGE)));
        }
        for (Future<?> writer : writers) {
            writer.get();
            assertThat(cache.find("key")).contains(IMAGE);
        }
        threads.shutdown();
        try (Stream<Path> left = Files.list(folder.resolve("kernels"))) {
            assertThat(left).containsExactly(file());
        }
    }

    /** Counts how often it is asked. */
    private static final class CountingCompiler implements KernelCompiler {
        private final String version;
        private int compiled;

        CountingCompiler(String version) {
            this.version = version;
        }

        @Override
        public String version() {
            return version;
        }

        @Override
        public byte[] compile(String name, String source, Map<String, String> headers, List<String> options) {
            assertThat(headers).containsKey("common.cuh");
            compiled++;
            return (name + options).getBytes(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aKernelIsCompiledOncePerTypeArchitectureAndCompiler() throws IOException {
        KernelCache cache = new KernelCache(open());
        CountingCompiler compiler = new CountingCompiler("1.0");
        byte[] first = new CompiledImages(compiler, cache, "--gpu-architecture=sm_90").image("pointwise", DType.F32);
        byte[] again = new CompiledImages(compiler, cache, "--gpu-architecture=sm_90").image("pointwise", DType.F32);
        assertThat(again).isEqualTo(first);
        assertThat(compiler.compiled).isEqualTo(1);
        new CompiledImages(compiler, cache, "--gpu-architecture=sm_90").image("pointwise", DType.F64);
        new CompiledImages(compiler, cache, "--gpu-architecture=sm_80").image("pointwise", DType.F32);
        new CompiledImages(compiler, cache, "--gpu-architecture=sm_90").image("loss", DType.F32);
        assertThat(compiler.compiled).isEqualTo(4);
        CountingCompiler newer = new CountingCompiler("1.1");
        new CompiledImages(newer, cache, "--gpu-architecture=sm_90").image("pointwise", DType.F32);
        assertThat(newer.compiled).isEqualTo(1);
    }

    @Test
    void aDamagedImageIsCompiledAgainAndRepaired() throws IOException {
        KernelCache cache = new KernelCache(open());
        CountingCompiler compiler = new CountingCompiler("1.0");
        CompiledImages images = new CompiledImages(compiler, cache, "--gpu-architecture=sm_90");
        byte[] image = images.image("pointwise", DType.F32);
        try (Stream<Path> files = Files.list(folder.resolve("kernels"))) {
            Files.writeString(files.findFirst().orElseThrow(), "RECTIFIER-KERNEL 1 planted");
        }
        assertThat(images.image("pointwise", DType.F32)).isEqualTo(image);
        assertThat(images.image("pointwise", DType.F32)).isEqualTo(image);
        assertThat(compiler.compiled).isEqualTo(2);
    }
}
