package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Metering;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The processor's caches, as Linux tells them, and what its arithmetic can do. */
record CpuMetering(Queue queue, MultiplyAdds loop) implements Metering {
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    @Override
    public OptionalLong cacheBytes() {
        long largest = 0;
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(CACHES, "index*")) {
            for (Path cache : caches) {
                largest = Math.max(
                        largest, bytes(Files.readString(cache.resolve("size")).strip()));
            }
        } catch (IOException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
        return largest == 0 ? OptionalLong.empty() : OptionalLong.of(largest);
    }

    @Override
    public OptionalLong multiplyAdds(long atLeast) {
        queue.flush();
        return OptionalLong.of(loop.run(atLeast));
    }

    /** {@code 32K}, {@code 16M}. */
    private static long bytes(String size) {
        long number = Long.parseLong(size.substring(0, size.length() - 1));
        return size.endsWith("M") ? number << 20 : number << 10;
    }
}
