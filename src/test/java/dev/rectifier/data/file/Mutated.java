package dev.rectifier.data.file;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A fuzzer small enough for every build: seeded changes of good files, each read. A reader either accepts what it gets or
 * throws a {@link DataFileException}, and allocates in proportion to the file, whatever its header says.
 */
final class Mutated {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "4294967296",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "18446744073709551616",
            "1e9",
            "99999999999999999999999999",
            "[",
            "]",
            "{",
            "}",
            "\"",
            ",",
            "(",
            ")",
            "'",
            "True",
            "null",
            "\\u0000");

    private static final byte[][] WORDS = {
        {0, 0, 0, 0},
        {-1, -1, -1, -1},
        {127, -1, -1, -1},
        {-128, 0, 0, 0},
        {-1, -1, -1, 127},
        {0, 0, 0, -128},
        {1, 0, 0, 0}
    };

    private final Path file;
    private final Consumer<Path> reader;
    private final long allowed;

    /** {@code allowed}: bytes that reading may allocate beyond 64 times the file's length. */
    Mutated(Path folder, Consumer<Path> reader, long allowed) {
        this.file = folder.resolve("mutated");
        this.reader = reader;
        this.allowed = allowed;
    }

    /** Reads {@code count} changed forms of a good file; returns how many were refused. */
    int read(byte[] good, long seed, int count) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++) {
            byte[] bad = good;
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bad = change(bad, random);
            }
            refused += accepts(bad) ? 0 : 1;
        }
        return refused;
    }

    /** Reads every beginning of a good file but the whole; returns how many were refused. */
    int readBeginnings(byte[] good) throws IOException {
        int refused = 0;
        for (int length = 0; length < good.length; length++) {
            refused += accepts(Arrays.copyOf(good, length)) ? 0 : 1;
        }
        return refused;
    }

    private boolean accepts(byte[] content) throws IOException {
        Files.write(file, content);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean accepted = true;
        try {
            reader.accept(file);
        } catch (DataFileException e) {
            accepted = false;
            if (!String.valueOf(e.getMessage()).contains(file.toString())) {
                throw new AssertionError("A complaint does not name the file", e);
            }
        } catch (RuntimeException | Error e) {
            throw new AssertionError("A changed file made the reader fail: " + hex(content), e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > allowed + 64L * content.length) {
            throw new AssertionError("Reading allocated " + allocated + " bytes for " + hex(content));
        }
        return accepted;
    }

    private static String hex(byte[] content) {
        return HexFormat.of().formatHex(content, 0, Math.min(content.length, 2000));
    }

    private static byte[] change(byte[] from, Random random) {
        if (from.length < 8) {
            return Arrays.copyOf(from, from.length + 1);
        }
        int at = place(from, random);
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(from, random.nextInt(from.length));
            case 1 -> Arrays.copyOf(from, from.length + 1 + random.nextInt(64));
            case 2 -> splice(from, at, 1, new byte[] {(byte) random.nextInt(256)});
            case 3 -> splice(from, at, 1, new byte[] {(byte) (from[at] ^ 1 << random.nextInt(8))});
            case 4 -> splice(from, at, 4, WORDS[random.nextInt(WORDS.length)]);
            case 5 -> splice(from, at, 1 + random.nextInt(4), number(random));
            default -> {
                int other = place(from, random);
                yield splice(from, at, 0, Arrays.copyOfRange(from, other, Math.min(from.length, other + 40)));
            }
        };
    }

    private static byte[] number(Random random) {
        return NUMBERS.get(random.nextInt(NUMBERS.size())).getBytes(StandardCharsets.US_ASCII);
    }

    /** Anywhere, but twice as often in the first 128 bytes, where headers are. */
    private static int place(byte[] from, Random random) {
        return random.nextInt(random.nextInt(3) == 0 ? from.length : Math.min(from.length, 128));
    }

    private static byte[] splice(byte[] from, int at, int removed, byte[] put) {
        int rest = Math.min(from.length, at + removed);
        byte[] to = Arrays.copyOf(from, at + put.length + from.length - rest);
        System.arraycopy(put, 0, to, at, put.length);
        System.arraycopy(from, rest, to, at + put.length, from.length - rest);
        return to;
    }
}
