package dev.rectifier.data.known;

import dev.rectifier.data.file.DataFileException;
import dev.rectifier.tensor.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A file of a known set.
 *
 * @param name in the set's folder
 * @param sha256 in hexadecimal digits
 * @param limit bytes that a download may have at most
 * @param source where it can be downloaded; empty where it cannot
 */
public record KnownFile(String name, String sha256, long limit, Optional<URI> source) {
    private static final int CHUNK = 1 << 16;

    /** Whether a file is this one, by its sum. Reads it once. */
    public boolean isAt(Path file) {
        return sha256.equals(sum(file));
    }

    /** SHA-256 of a file's bytes. */
    static String sum(Path file) {
        MessageDigest digest = Digest.sha256();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
