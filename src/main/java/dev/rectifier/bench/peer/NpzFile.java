package dev.rectifier.bench.peer;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Several arrays in one of NumPy's archives. */
public final class NpzFile {
    private NpzFile() {}

    /**
     * One row of truth values, repeated, as bytes.
     *
     * @param name of the array
     * @param rows how often the row is repeated
     * @param row the values
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, compared by nobody
    public record Bits(String name, int rows, boolean[] row) {}

    /**
     * Writes arrays of F32 or I32, and one of bytes.
     *
     * @throws PeerException if that fails
     */
    public static void write(Path file, Map<String, HostTensor> arrays, Optional<Bits> bits) {
        try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file));
                ZipOutputStream zip = new ZipOutputStream(raw)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Map.Entry<String, HostTensor> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                NpyFile.write(zip, array.getValue());
                zip.closeEntry();
            }
            if (bits.isPresent()) {
                write(zip, bits.get());
            }
        } catch (IOException e) {
            throw new PeerException("Cannot write " + file + " for a peer: " + e.getMessage(), e);
        }
    }

    /**
     * Reads all arrays, each of float32, by name.
     *
     * @throws PeerException if the file is none, or holds others
     */
    public static Map<String, HostTensor> read(Path file) {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream bytes = zip.getInputStream(entry)) {
                    String name = entry.getName().replaceFirst("\\.npy$", "");
                    arrays.put(name, NpyFile.read(Channels.newChannel(bytes), entry.getSize(), file));
                }
            }
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new PeerException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        return arrays;
    }

    private static void write(ZipOutputStream zip, Bits bits) throws IOException {
        byte[] row = new byte[bits.row().length];
        for (int i = 0; i < row.length; i++) {
            row[i] = (byte) (bits.row()[i] ? 1 : 0);
        }
        zip.putNextEntry(new ZipEntry(bits.name() + ".npy"));
        zip.write(NpyFile.header("|u1", Shape.of(bits.rows(), row.length)));
        for (int r = 0; r < bits.rows(); r++) {
            zip.write(row);
        }
        zip.closeEntry();
    }
}
