package dev.rectifier.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over the little-endian bytes of host arrays: names of contents. */
public final class Digest {
    private static final int CHUNK = 8192;

    private Digest() {}

    /** Type, shape and hash of the elements as one word: equal exactly for {@link HostTensor#sameBits equal bits}. */
    public static String of(HostTensor values) {
        return values.dtype() + values.shape().toString() + "#" + HexFormat.of().formatHex(sha256(values));
    }

    /** The 32 bytes of the hash of the elements alone. */
    public static byte[] sha256(HostTensor values) {
        MessageDigest digest = sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * values.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length(); from += CHUNK) {
            int count = Math.min(CHUNK, values.length() - from);
            chunk.clear();
            LittleEndian.put(chunk, values, from, count);
            digest.update(chunk.flip());
        }
        return digest.digest();
    }

    /** A fresh SHA-256, which every Java platform has. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256, which every Java platform must have.", e);
        }
    }
}
