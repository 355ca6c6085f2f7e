package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rectifier.tensor.Digest;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointFormatTest {
    private static Checkpoint sample() {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("student", "10-20-1");
        identity.put("schedule", "«Constant»");
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        float nan = Float.intBitsToFloat(0x7fc01234);
        tensors.put("parameters", HostTensor.of(Shape.of(2, 3), new float[] {1f, -0f, nan, Float.MIN_VALUE, 2f, 3f}));
        tensors.put("optimiser state", HostTensor.of(Shape.of(2, 0), new double[0]));
        tensors.put("health cause", HostTensor.of(Shape.of(2), new int[] {0, 3}));
        tensors.put("health step", HostTensor.of(Shape.of(2), new long[] {-1, 1L << 40}));
        tensors.put("loss", HostTensor.of(Shape.of(2), new double[] {Math.PI, Double.POSITIVE_INFINITY}));
        return new Checkpoint(identity, 1L << 33, tensors);
    }

    @Test
    void bytesKeepEveryBit() {
        byte[] bytes = sample().encode();
        Checkpoint read = Checkpoint.decode(bytes);
        assertThat(read.sameBits(sample())).isTrue();
        assertThat(read.encode()).containsExactly(bytes);
    }

    @Test
    void anyChangedByteIsNoticed() {
        byte[] bytes = sample().encode();
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            assertThatExceptionOfType(CheckpointException.class)
                    .as("byte %d of %d", i, bytes.length)
                    .isThrownBy(() -> Checkpoint.decode(damaged));
        }
    }

    @Test
    void anyCutOrAdditionIsNoticed() {
        byte[] bytes = sample().encode();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> Checkpoint.decode(cut));
        }
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .withMessageContaining("1 bytes after its last tensor");
    }

    @Test
    void messagesSayWhatIsWrong() {
        byte[] bytes = sample().encode();
        bytes[bytes.length - 1] ^= 1;
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.decode(bytes))
                .withMessageContaining("Tensor loss")
                .withMessageContaining("SHA-256");
        byte[] later = sample().encode();
        later[8] = 9;
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.decode(later))
                .withMessageContaining("version 9");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.decode("PK".repeat(99).getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("not a checkpoint");
    }

    /** Headers that lie, with a hash that fits: nothing large may be allocated for them. */
    @Test
    void claimsOfSizeAreBounded() {
        assertRefused("too short for them", header -> header.putInt(Integer.MAX_VALUE));
        assertRefused("too short for them", header -> header.putInt(-1));
        assertRefused("cut short", header -> tensor(header, 0, 1L << 40));
        assertRefused("Negative extent", header -> tensor(header, 0, -4));
        assertRefused("64-bit", header -> tensor(header, 0, 1L << 40, 1L << 40));
        assertRefused("unknown type 7", header -> tensor(header, 7, 1));
        assertRefused("9 axes", header -> tensor(header, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1));
        assertRefused("bytes too many", header -> {
            header.putInt(0);
            header.putInt(0);
            header.putInt(77);
        });
        assertRefused("lists a twice", header -> {
            header.putInt(2);
            for (int i = 0; i < 2; i++) {
                header.putText("a");
                header.putText("b");
            }
            header.putInt(0);
        });
        assertRefused("not UTF-8", header -> {
            header.putInt(1);
            header.putInt(1);
            header.putByte(0xff);
        });
    }

    private static void tensor(HeaderWriter header, int type, long... extents) {
        header.putInt(0);
        header.putInt(1);
        header.putText("w");
        header.putByte(type);
        header.putByte(extents.length);
        for (long extent : extents) {
            header.putLong(extent);
        }
        header.putBytes(new byte[32]);
    }

    private interface Lie {
        void tell(HeaderWriter header);
    }

    private static void assertRefused(String reason, Lie lie) {
        HeaderWriter header = new HeaderWriter();
        header.putLong(5);
        lie.tell(header);
        byte[] body = header.toByteArray();
        ByteBuffer prefix = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        prefix.put("RECTCKPT".getBytes(StandardCharsets.US_ASCII))
                .putInt(CheckpointFormat.VERSION)
                .putInt(body.length);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(prefix.array());
        file.writeBytes(body);
        file.writeBytes(Digest.sha256().digest(file.toByteArray()));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.decode(file.toByteArray()))
                .withMessageContaining(reason);
    }
}
