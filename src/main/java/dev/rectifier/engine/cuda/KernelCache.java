package dev.rectifier.engine.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on disk, named by the hash of all that went in. A file is a line {@code RECTIFIER-KERNEL 1 <sha-256>} and
 * the image; one whose image does not have that hash is refused and made anew. A cache that cannot be written costs time,
 * not correctness: the failure is logged.
 */
final class KernelCache {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
    private static final String MAGIC = "RECTIFIER-KERNEL 1 ";
    private static final int HEADER = MAGIC.length() + 64 + 1;

    private final PrivateFolder folder;

    KernelCache(PrivateFolder folder) {
        this.folder = folder;
    }

    /** The image stored under {@code key}, if it is there and whole. */
    Optional<byte[]> find(String key) {
        try {
            return folder.holds(fileName(key)) ? verified(key, folder.read(fileName(key))) : Optional.empty();
        } catch (IOException e) {
            LOG.warn("The kernel cache {} cannot be read, so the kernel is compiled again: {}", folder, e.toString());
            return Optional.empty();
        }
    }

    private Optional<byte[]> verified(String key, byte[] file) {
        if (file.length > HEADER) {
            byte[] image = Arrays.copyOfRange(file, HEADER, file.length);
            if (Arrays.equals(header(image), Arrays.copyOf(file, HEADER))) {
                return Optional.of(image);
            }
        }
        LOG.warn(
                "The cached kernel {} is damaged or was changed; it is compiled again.", folder.resolve(fileName(key)));
        return Optional.empty();
    }

    void store(String key, byte[] image) {
        byte[] header = header(image);
        byte[] file = Arrays.copyOf(header, header.length + image.length);
        System.arraycopy(image, 0, file, header.length, image.length);
        try {
            folder.write(fileName(key), file);
        } catch (IOException e) {
            LOG.warn("The compiled kernel could not be kept in {}: {}", folder, e.toString());
        }
    }

    private static byte[] header(byte[] image) {
        return (MAGIC + Sha256.of(image) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    static String fileName(String key) {
        return key + ".kernel";
    }
}
