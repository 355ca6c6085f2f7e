package dev.rectifier.data.file;

import dev.rectifier.tensor.HostTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * npz archives: zip files of npy files, as numpy.savez and numpy.savez_compressed write them. Names are plain (letters,
 * digits, {@code . _ -}), none comes twice, at most {@value #MOST_ENTRIES}; sums are checked; all together unpack to no more
 * than {@link Unpacking} allows for the archive. Nothing is unpacked to disk.
 */
public final class Npz {
    static final int MOST_ENTRIES = 10_000;

    private static final String CURE = "Write it again with numpy.savez.";
    private static final String ENDING = ".npy";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}");
    private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /** All arrays by name, in the order of the archive. */
    public static Map<String, HostTensor> read(Path file) {
        return read(file, name -> true);
    }

    /** The arrays whose names are wanted. */
    public static Map<String, HostTensor> read(Path file, Predicate<String> wanted) {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        visit(file, wanted, (name, array) -> arrays.put(name, array.numbers()));
        return arrays;
    }

    /** One array of unsigned bytes. */
    public static ByteTensor readBytes(Path file, String name) {
        List<ByteTensor> found = new ArrayList<>();
        visit(file, name::equals, (one, array) -> found.add(array.unsignedBytes()));
        if (found.isEmpty()) {
            throw DataFileException.of(file.toString(), -1, "it has no array '" + name + "'", "Check the name.");
        }
        return found.get(0);
    }

    private static void visit(Path file, Predicate<String> wanted, BiConsumer<String, RawArray> use) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            long left = Unpacking.mostOf(Files.size(file));
            for (ZipEntry entry : entries(file, zip)) {
                String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
                if (wanted.test(name)) {
                    RawArray array = array(file, zip, entry, left);
                    left -= array.length();
                    use.accept(name, array);
                }
            }
        } catch (ZipException e) {
            throw DataFileException.of(file.toString(), -1, "it is no intact zip file: " + e.getMessage(), CURE);
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
    }

    private static List<? extends ZipEntry> entries(Path file, ZipFile zip) {
        List<? extends ZipEntry> entries = listed(file, zip);
        long names = entries.stream().map(ZipEntry::getName).distinct().count();
        if (entries.size() > MOST_ENTRIES || names != entries.size()) {
            throw DataFileException.of(
                    file.toString(),
                    -1,
                    "it has " + entries.size() + " entries of " + names + " names, where at most " + MOST_ENTRIES
                            + ", each of its own name, are read",
                    CURE);
        }
        for (ZipEntry entry : entries) {
            String name = entry.getName();
            boolean plain = name.endsWith(ENDING)
                    && NAME.matcher(name.substring(0, name.length() - ENDING.length()))
                            .matches();
            if (!plain) {
                throw DataFileException.of(
                        file.toString(),
                        -1,
                        "an entry is named '" + printable(name) + "', not NAME.npy with a plain name",
                        CURE);
            }
        }
        return entries;
    }

    private static List<? extends ZipEntry> listed(Path file, ZipFile zip) {
        try {
            return new ArrayList<>(Collections.list(zip.entries()));
        } catch (IllegalArgumentException e) {
            // how ZipFile says that the bytes of a name are no UTF-8
            throw DataFileException.of(file.toString(), -1, "a name in it is no text: " + e.getMessage(), CURE);
        }
    }

    private static String printable(String name) {
        String cut = name.length() > 80 ? name.substring(0, 80) + "..." : name;
        return cut.replaceAll("[^ -~]", "?");
    }

    /** {@code left}: bytes that the archive may still unpack to. */
    private static RawArray array(Path file, ZipFile zip, ZipEntry entry, long left) throws IOException {
        String name = file + " (" + entry.getName() + ")";
        CRC32 sum = new CRC32();
        try (InputStream packed = zip.getInputStream(entry);
                InputStream in = new CheckedInputStream(packed, sum)) {
            long most = Math.min(left, Unpacking.mostOf(Math.max(0, entry.getCompressedSize())));
            RawArray array = Npy.raw(Unpacking.ofPacked(name, in, most));
            if (sum.getValue() != entry.getCrc()) {
                throw DataFileException.of(name, -1, "its sum is not the one that the archive states", CURE);
            }
            return array;
        }
    }

    /**
     * Writes arrays, packed, or replaces the file in one step; equal arrays make equal files.
     *
     * @throws IllegalArgumentException if a name is not plain
     */
    public static void write(Path file, Map<String, HostTensor> arrays) {
        for (String name : arrays.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no plain name for an array.");
            }
        }
        ReplacedFile.write(file, target -> {
            ZipOutputStream out = new ZipOutputStream(target);
            for (Map.Entry<String, HostTensor> array : new TreeMap<>(arrays).entrySet()) {
                ZipEntry entry = new ZipEntry(array.getKey() + ENDING);
                entry.setTimeLocal(EPOCH);
                out.putNextEntry(entry);
                Npy.append(out, array.getValue());
                out.closeEntry();
            }
            out.finish();
        });
    }
}
