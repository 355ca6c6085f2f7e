package dev.rectifier.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Layout of a metric segment, big-endian: magic (8 bytes), then records of length of the payload (4), CRC32C of length and
 * payload (4), payload. The first byte of a payload is its kind.
 *
 * <p>A segment names the metrics it uses, so each can be read alone.
 */
final class MetricFormat {
    static final byte[] MAGIC = "RECTMET1".getBytes(StandardCharsets.US_ASCII);
    static final int RECORD_HEADER = 8;
    /** Longest payload; a longer length is damage. */
    static final int MAX_PAYLOAD = 1 << 26;

    /** metric (4), name in UTF-8. */
    static final byte NAME = 1;
    /** metric (4), step (8), first replica (4), values (8 each) of consecutive replicas. */
    static final byte BLOCK = 2;
    /** step (8): rows of earlier segments with this step or a later one are void. */
    static final byte RESUME = 3;
    /** step (8), first replica (4): the same, for this replica and those after it alone. */
    static final byte RESUME_REPLICAS = 4;

    static final int BLOCK_HEADER = 17;

    private MetricFormat() {}

    static byte[] name(int metric, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[5 + text.length];
        ByteBuffer.wrap(payload).put(NAME).putInt(metric).put(text);
        return framed(payload);
    }

    private static byte[] resume(long step) {
        byte[] payload = new byte[9];
        ByteBuffer.wrap(payload).put(RESUME).putLong(step);
        return framed(payload);
    }

    static byte[] resume(long step, int firstReplica) {
        if (firstReplica == 0) {
            return resume(step);
        }
        byte[] payload = new byte[13];
        ByteBuffer.wrap(payload).put(RESUME_REPLICAS).putLong(step).putInt(firstReplica);
        return framed(payload);
    }

    static byte[] block(int metric, long step, int firstReplica, double[] values) {
        byte[] payload = new byte[Math.addExact(BLOCK_HEADER, Math.multiplyExact(8, values.length))];
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        buffer.put(BLOCK).putInt(metric).putLong(step).putInt(firstReplica);
        buffer.asDoubleBuffer().put(values);
        return framed(payload);
    }

    private static byte[] framed(byte[] payload) {
        if (payload.length > MAX_PAYLOAD) {
            throw new IllegalArgumentException("A metric row of " + payload.length + " bytes is too long: at most "
                    + MAX_PAYLOAD + ". Append the replicas in several parts.");
        }
        byte[] record = new byte[RECORD_HEADER + payload.length];
        int crc = crc(payload, 0, payload.length);
        ByteBuffer.wrap(record).putInt(payload.length).putInt(crc).put(payload);
        return record;
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(4).putInt(0, length));
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
