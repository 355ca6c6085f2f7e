package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The text of the kernels and, where nvcc was there at build time, their fat binaries: resources under {@code cuda/}. */
final class KernelSource {
    private KernelSource() {}

    /** Text of {@code cuda/<name>}. */
    static String text(String name) {
        byte[] bytes = resource(name)
                .orElseThrow(() -> new DeviceException("The kernel source cuda/" + name
                        + " is missing from the class path: the jar is incomplete, build it anew."));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The headers that {@code text} includes, directly or not, by name. */
    static Map<String, String> headers(String text) {
        Map<String, String> headers = new TreeMap<>();
        collect(text, headers);
        return headers;
    }

    private static void collect(String text, Map<String, String> headers) {
        text.lines()
                .filter(line -> line.startsWith("#include \"") && line.contains(".cuh\""))
                .map(line -> line.substring("#include \"".length(), line.indexOf('"', "#include \"".length())))
                .filter(name -> !headers.containsKey(name))
                .forEach(name -> {
                    headers.put(name, text(name));
                    collect(headers.get(name), headers);
                });
    }

    /** The fat binary of a file, if the jar has one. */
    static Optional<byte[]> fatBinary(String file, DType real) {
        return resource(module(file, real) + ".fatbin");
    }

    /** {@code <file>_<f32|f64>}. */
    static String module(String file, DType real) {
        return file + (real == DType.F32 ? "_f32" : "_f64");
    }

    private static Optional<byte[]> resource(String name) {
        try (InputStream stream = KernelSource.class.getResourceAsStream("/cuda/" + name)) {
            return stream == null ? Optional.empty() : Optional.of(stream.readAllBytes());
        } catch (IOException e) {
            throw new DeviceException("The resource cuda/" + name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
