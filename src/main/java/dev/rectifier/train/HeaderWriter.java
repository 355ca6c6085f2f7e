package dev.rectifier.train;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Little-endian numbers and texts into a growing array. */
final class HeaderWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void putByte(int value) {
        out.write(value);
    }

    void putInt(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }

    void putLong(long value) {
        putInt((int) value);
        putInt((int) (value >>> 32));
    }

    void putBytes(byte[] bytes) {
        out.writeBytes(bytes);
    }

    void putText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        putInt(bytes.length);
        putBytes(bytes);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
