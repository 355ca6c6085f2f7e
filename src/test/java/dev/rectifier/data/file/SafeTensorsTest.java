package dev.rectifier.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    private static SafeTensors.Contents example() {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        tensors.put("0.weight", HostTensor.of(Shape.of(2, 3), new float[] {1, -0f, Float.NaN, 4, 0x1p-149f, 6}));
        tensors.put("double", HostTensor.of(Shape.of(2), new double[] {Math.PI, Double.NEGATIVE_INFINITY}));
        tensors.put("labels \"é\n", HostTensor.of(Shape.of(3), new int[] {1, Integer.MIN_VALUE, 3}));
        tensors.put("num_batches_tracked", HostTensor.of(Shape.of(), new long[] {Long.MAX_VALUE}));
        tensors.put("none", HostTensor.of(Shape.of(0, 7), new float[0]));
        return new SafeTensors.Contents(tensors, Map.of("format", "pt", "note", "a \\ b"));
    }

    @Test
    void whatIsWrittenIsRead() {
        Path file = folder.resolve("a.safetensors");
        SafeTensors.write(file, example());
        SafeTensors.Contents read = SafeTensors.read(file);
        assertThat(read.metadata()).isEqualTo(example().metadata());
        assertThat(read.tensors().keySet())
                .containsExactly("double", "num_batches_tracked", "0.weight", "labels \"é\n", "none");
        example()
                .tensors()
                .forEach((name, tensor) ->
                        assertThat(read.tensor(name).sameBits(tensor)).as(name).isTrue());
        assertThat(SafeTensors.read(file, "double"::equals).tensors()).containsOnlyKeys("double");
        assertThatThrownBy(() -> read.tensor("triple")).hasMessageContaining("no tensor 'triple' among [double,");
        assertThat(SafeTensors.shapes(file)).containsEntry("none", Shape.of(0, 7));
        assertThat(folder).isDirectoryContaining(path -> path.equals(file)).isDirectoryNotContaining("glob:**.*-tmp");
    }

    @Test
    void manyElementsGoInPieces() {
        float[] values = new float[200_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        HostTensor tensor = HostTensor.of(Shape.of(values.length), values);
        Path file = folder.resolve("big");
        SafeTensors.write(file, new SafeTensors.Contents(Map.of("x", tensor), Map.of()));
        assertThat(SafeTensors.read(file).tensor("x").sameBits(tensor)).isTrue();
    }

    /** The bytes that the reference writer makes of one tensor, to the letter. */
    @Test
    void bytesAreThoseOfTheReference() throws IOException {
        Path file = folder.resolve("reference");
        HostTensor tensor = HostTensor.of(Shape.of(1, 2), new float[] {1, 2});
        SafeTensors.write(file, new SafeTensors.Contents(Map.of("abc", tensor), Map.of()));
        String header = "{\"abc\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}      ";
        assertThat(Files.readAllBytes(file))
                .isEqualTo(file(header, new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40}));
    }

    @ParameterizedTest
    @CsvSource({
        "U8,   ff01, 255 1",
        "I8,   ff01, -1 1",
        "BOOL, 0100, 1 0",
        "I16,  ffff0180, -1 -32767",
        "U16,  ffff0180, 65535 32769",
        "U32,  ffffffff01000080, 4294967295 2147483649",
        "F16,  003c0100, 1 0x1p-24",
        "F16,  ff7b00fc, 65504 -Infinity",
        "BF16, 803f8100, 1 0x1.02p-126",
    })
    void narrowTypesAreWidenedExactly(String type, String hex, String values) throws IOException {
        byte[] data = java.util.HexFormat.of().parseHex(hex);
        String header = "{\"x\":{\"dtype\":\"" + type + "\",\"shape\":[2],\"data_offsets\":[0," + data.length + "]}}";
        Path file = Files.write(folder.resolve("narrow"), file(header, data));
        double[] expected = java.util.Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(SafeTensors.read(file).tensor("x").toDoubles()).isEqualTo(expected);
    }

    /** Sign, exponent and fraction of all 65,536 halves, by the definition. */
    @Test
    void everyHalfIsExact() {
        int wrong = 0;
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double size = exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
            double expected = exponent < 31 ? size : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            double signed = bits < 1 << 15 ? expected : -expected;
            wrong += Double.compare(ElementType.half((short) bits), signed) == 0 ? 0 : 1;
        }
        assertThat(wrong).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | does not fill",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | byte 66: tensor 'a' leaves a hole",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4 | overlaps",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | Duplicate",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 | accounts for 4 bytes of data, the file has 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000],\"data_offsets\":[0,4000000000]}} | 8 | accounts for 4000000000",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}} | 0 | cannot be",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2305843009213693952,2],\"data_offsets\":[0,0]}} | 0 | larger than any file",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,0]}} | 0 | negative",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,0]}} | 0 | out of range",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}} | 4 | other than whole numbers",
                "{\"a\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[0,8]}} | 8 | type U64, which is not read here",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | needs dtype, shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"code\":1}} | 4 | unknown field 'code'",
                "{\"a\":[[[[[[[[[[1]]]]]]]]]]} | 4 | is no object",
                "{\"__metadata__\":{\"a\":1}} | 0 | is no string",
                "{} {} | 0 | something follows",
                "' {}' | 0 | does not begin with {",
                "[] | 0 | does not begin with {",
            })
    void lyingHeadersAreRefused(String header, int bytes, String why) throws IOException {
        Path file = Files.write(folder.resolve("lie"), file(header, new byte[bytes]));
        assertThatThrownBy(() -> SafeTensors.read(file))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("lie")
                .hasMessageContaining(why);
    }

    @Test
    void lengthsOfHeadersAreChecked() throws IOException {
        Path file = folder.resolve("length");
        for (long length : List.of(0L, 1L, 3L, -1L, Long.MIN_VALUE, (long) Integer.MAX_VALUE, 1L << 20)) {
            byte[] content = file("{}", new byte[0]);
            ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            Files.write(file, content);
            assertThatThrownBy(() -> SafeTensors.read(file))
                    .isInstanceOf(DataFileException.class)
                    .hasMessageContaining("a header of " + Long.toUnsignedString(length) + " bytes");
        }
        assertThatThrownBy(() -> SafeTensors.read(folder.resolve("absent"))).hasMessageContaining("no such file");
    }

    @Test
    void changedFilesAreReadOrRefused() throws IOException {
        Path file = folder.resolve("good");
        SafeTensors.write(file, example());
        byte[] good = Files.readAllBytes(file);
        Mutated mutated = new Mutated(folder, SafeTensors::read, 1 << 20);
        assertThat(mutated.readBeginnings(good)).isEqualTo(good.length);
        assertThat(mutated.read(good, 1, 500)).isBetween(250, 500);
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("kept");
        SafeTensors.write(file, example());
        byte[] before = Files.readAllBytes(file);
        Map<String, HostTensor> many = new LinkedHashMap<>();
        for (int i = 0; i < 20_000; i++) {
            many.put(
                    "a tensor with quite a long name, as they come, number " + i,
                    HostTensor.of(Shape.of(0), new int[0]));
        }
        assertThatThrownBy(() -> SafeTensors.write(file, new SafeTensors.Contents(many, Map.of())))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("more than 1 MiB");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(folder).isDirectoryNotContaining("glob:**tmp");
    }

    private static byte[] file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        out.write(json);
        out.write(data);
        return out.toByteArray();
    }
}
