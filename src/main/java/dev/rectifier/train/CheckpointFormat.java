package dev.rectifier.train;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Digest;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.LittleEndian;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Checkpoints as bytes, little-endian throughout:
 *
 * <pre>
 * 8 bytes   "RECTCKPT"
 * i32       version, 1
 * i32       length of the header
 * header    i64 step
 *           i32 settings, each: text name, text value
 *           i32 tensors, each: text name, u8 type, u8 rank, i64 extents, 32 bytes SHA-256 of the elements
 * 32 bytes  SHA-256 of everything above
 * elements  of all tensors, in order, without gaps; nothing after them
 * </pre>
 *
 * A text is an i32 length and UTF-8 bytes. Reading allocates nothing that the length of the input does not bound, and
 * accepts one encoding only: what it accepts, it would write again byte for byte.
 */
final class CheckpointFormat {
    static final int VERSION = 1;

    private static final byte[] MAGIC = {'R', 'E', 'C', 'T', 'C', 'K', 'P', 'T'};
    private static final int PREFIX = MAGIC.length + 2 * Integer.BYTES;
    private static final int HASH = 32;
    private static final DType[] TYPES = {DType.F32, DType.F64, DType.I32, DType.I64};

    private CheckpointFormat() {}

    static byte[] encode(Checkpoint checkpoint) {
        byte[] header = header(checkpoint);
        long total = PREFIX + (long) header.length + HASH;
        for (HostTensor tensor : checkpoint.tensors().values()) {
            total += bytes(tensor);
        }
        if (total > Integer.MAX_VALUE - 8) {
            throw new CheckpointException("The checkpoint of step " + checkpoint.step() + " would be " + total
                    + " bytes, more than one array holds: train fewer replicas at once.");
        }
        ByteBuffer out = ByteBuffer.allocate((int) total).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(VERSION).putInt(header.length).put(header);
        out.put(hashUpTo(out.array(), out.position()));
        for (HostTensor tensor : checkpoint.tensors().values()) {
            LittleEndian.put(out, tensor, 0, tensor.length());
        }
        return out.array();
    }

    private static byte[] header(Checkpoint checkpoint) {
        HeaderWriter header = new HeaderWriter();
        header.putLong(checkpoint.step());
        header.putInt(checkpoint.identity().size());
        checkpoint.identity().forEach((name, value) -> {
            header.putText(name);
            header.putText(value);
        });
        header.putInt(checkpoint.tensors().size());
        checkpoint.tensors().forEach((name, tensor) -> {
            header.putText(name);
            header.putByte(Arrays.asList(TYPES).indexOf(tensor.dtype()));
            header.putByte(tensor.shape().rank());
            for (long extent : tensor.shape().extents()) {
                header.putLong(extent);
            }
            header.putBytes(Digest.sha256(tensor));
        });
        return header.toByteArray();
    }

    static Checkpoint decode(byte[] bytes) {
        int headerEnd = checkedHeaderEnd(bytes);
        HeaderReader header = new HeaderReader(ByteBuffer.wrap(bytes, PREFIX, headerEnd - PREFIX));
        long step = header.takeStep();
        Map<String, String> identity = new LinkedHashMap<>();
        for (int left = header.takeCount("settings"); left > 0; left--) {
            String name = header.takeText("a setting's name");
            putNew(identity, name, header.takeText("setting " + name));
        }
        ByteBuffer elements = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        elements.position(headerEnd + HASH);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (int left = header.takeCount("tensors"); left > 0; left--) {
            String name = header.takeText("a tensor's name");
            putNew(tensors, name, takeTensor(header, name, elements));
        }
        header.requireEnd();
        if (elements.hasRemaining()) {
            throw new CheckpointException(
                    "The checkpoint has " + elements.remaining() + " bytes after its last tensor.");
        }
        return new Checkpoint(identity, step, tensors);
    }

    /** Checks magic, version, length and the header's hash. */
    private static int checkedHeaderEnd(byte[] bytes) {
        if (bytes.length < PREFIX + HASH || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
            throw new CheckpointException(
                    "These " + bytes.length + " bytes are not a checkpoint: it begins with RECTCKPT.");
        }
        ByteBuffer prefix =
                ByteBuffer.wrap(bytes, MAGIC.length, 2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int version = prefix.getInt();
        if (version != VERSION) {
            throw new CheckpointException("The checkpoint has format version " + version
                    + ", this program reads version " + VERSION + ": resume with the program that wrote it.");
        }
        int length = prefix.getInt();
        if (length < 0 || length > bytes.length - PREFIX - HASH) {
            throw new CheckpointException("The checkpoint is cut short: its header claims " + length + " bytes, and "
                    + (bytes.length - PREFIX - HASH) + " are there.");
        }
        int end = PREFIX + length;
        if (!MessageDigest.isEqual(hashUpTo(bytes, end), Arrays.copyOfRange(bytes, end, end + HASH))) {
            throw new CheckpointException("The checkpoint's header does not match its SHA-256: the file is damaged.");
        }
        return end;
    }

    private static HostTensor takeTensor(HeaderReader header, String name, ByteBuffer elements) {
        int code = header.takeByte();
        if (code >= TYPES.length) {
            throw new CheckpointException("Tensor " + name + " of the checkpoint has the unknown type " + code + ".");
        }
        DType dtype = TYPES[code];
        HostTensor tensor = HostTensor.zeros(dtype, header.takeShape(name, elements.remaining() / dtype.bytes()));
        byte[] hash = header.takeBytes(HASH);
        LittleEndian.get(elements, tensor);
        if (!MessageDigest.isEqual(hash, Digest.sha256(tensor))) {
            throw new CheckpointException(
                    "Tensor " + name + " of the checkpoint does not match its SHA-256: the file is damaged.");
        }
        return tensor;
    }

    private static <V> void putNew(Map<String, V> map, String name, V value) {
        if (map.put(name, value) != null) {
            throw new CheckpointException("The checkpoint lists " + name + " twice.");
        }
    }

    private static long bytes(HostTensor tensor) {
        return (long) tensor.length() * tensor.dtype().bytes();
    }

    private static byte[] hashUpTo(byte[] bytes, int end) {
        MessageDigest digest = Digest.sha256();
        digest.update(bytes, 0, end);
        return digest.digest();
    }
}
