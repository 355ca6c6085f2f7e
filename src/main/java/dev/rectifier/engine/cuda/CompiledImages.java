package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Images compiled at first use from the sources in the jar, kept in a {@link KernelCache}. */
final class CompiledImages implements KernelImages {
    /** Contraction off, as everywhere: an fma is written where it is meant. */
    private static final List<String> OPTIONS = List.of("--std=c++17", "--fmad=false");

    private final KernelCompiler compiler;
    private final KernelCache cache;
    private final String architecture;

    CompiledImages(KernelCompiler compiler, KernelCache cache, String architecture) {
        this.compiler = compiler;
        this.cache = cache;
        this.architecture = architecture;
    }

    @Override
    public byte[] image(String file, DType real) {
        String name = file + ".cu";
        String source = KernelSource.text(name);
        Map<String, String> headers = KernelSource.headers(source);
        List<String> options = new ArrayList<>(OPTIONS);
        options.add("-DRECTIFIER_" + real);
        options.add(architecture);
        String key = key(source, headers, options);
        return cache.find(key).orElseGet(() -> {
            byte[] image = compiler.compile(name, source, headers, options);
            cache.store(key, image);
            return image;
        });
    }

    /** Hash of everything the image depends on; lengths keep neighbouring texts apart. */
    private String key(String source, Map<String, String> headers, List<String> options) {
        StringBuilder all = new StringBuilder();
        append(all, compiler.version());
        options.forEach(option -> append(all, option));
        append(all, source);
        headers.forEach((name, text) -> {
            append(all, name);
            append(all, text);
        });
        return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder all, String part) {
        all.append(part.length()).append(':').append(part);
    }
}
