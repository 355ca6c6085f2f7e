package dev.rectifier.engine.cuda;

import java.util.List;
import java.util.Map;

/** Turns kernel source into an image that the driver loads. */
interface KernelCompiler {
    /** Name and version, part of the cache key. */
    String version();

    /**
     * Compiles one file.
     *
     * @param name file name, for messages
     * @param source text with entry points
     * @param headers texts of the headers it includes, by name
     * @param options compiler options
     * @throws dev.rectifier.engine.DeviceException with the compiler's log
     */
    byte[] compile(String name, String source, Map<String, String> headers, List<String> options);
}
