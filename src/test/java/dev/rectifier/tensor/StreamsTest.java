package dev.rectifier.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private static final SeedTree NODE = new SeedTree(0xabcL);

    @Test
    void aReplicaIsNamedByKeyAndId() {
        Streams streams = Streams.range(NODE, 5, 3);
        assertThat(streams.table().longs()).containsExactly(0xabc, 5, 0xabc, 6, 0xabc, 7);
        assertThat(streams.block(2, 9)).isEqualTo(new Philox(0xabc, 7, 9));
        assertThat(streams.only(2)).isEqualTo(Streams.range(NODE, 7, 1));
    }

    @Test
    void theTextJoinsNeighbours() {
        assertThat(new Streams(NODE, List.of(0, 1, 2, 5, 7, 8)).toString()).isEqualTo("abc:0..2,5,7..8");
        assertThat(new Streams(NODE, List.of(3, 3)).toString()).isEqualTo("abc:3,3");
        assertThatIllegalArgumentException().isThrownBy(() -> new Streams(NODE, List.of()));
    }

    /** SHA-256 of the four bytes "abcd" and of nothing. */
    @Test
    void digestsAreThoseOfTheBytes() {
        int abcd = 'a' | 'b' << 8 | 'c' << 16 | 'd' << 24;
        assertThat(Digest.of(HostTensor.of(Shape.of(1), new int[] {abcd})))
                .isEqualTo("I32[1]#88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589");
        assertThat(Digest.of(HostTensor.of(Shape.of(0), new float[0])))
                .isEqualTo("F32[0]#e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void digestsSeeEveryBitAcrossChunks() {
        float[] zeros = new float[20_000];
        String before = Digest.of(HostTensor.of(Shape.of(20_000), zeros));
        zeros[19_999] = -0f;
        assertThat(Digest.of(HostTensor.of(Shape.of(20_000), zeros))).isNotEqualTo(before);
    }

    @Test
    void littleEndianBytesComeBackBitForBit() {
        HostTensor values =
                HostTensor.of(Shape.of(2), new double[] {Double.longBitsToDouble(0x7ff8000000000123L), -0.0});
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        LittleEndian.put(bytes, values, 0, 2);
        assertThat(bytes.get(0)).isEqualTo((byte) 0x23);
        HostTensor back = HostTensor.zeros(DType.F64, Shape.of(2));
        LittleEndian.get(bytes.flip(), back);
        assertThat(back.sameBits(values)).isTrue();
    }
}
