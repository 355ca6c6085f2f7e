package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NVIDIA's run-time compiler. Needs no GPU. Machine code where it knows the architecture, else PTX for the driver. */
final class Nvrtc implements KernelCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(Nvrtc.class);
    /** NVRTC has one error state per process and is called rarely: one thread at a time. */
    private static final Object LOCK = new Object();

    @Override
    public String version() {
        int[] major = new int[1];
        int[] minor = new int[1];
        check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        return "NVRTC " + major[0] + "." + minor[0];
    }

    /** The option that names the architecture of a device of this compute capability (90 for 9.0). */
    static String architecture(int capability) {
        int[] supported = supported();
        if (Arrays.stream(supported).anyMatch(arch -> arch == capability)) {
            return "--gpu-architecture=sm_" + capability;
        }
        int best = Arrays.stream(supported)
                .filter(arch -> arch < capability)
                .max()
                .orElseThrow(() -> new DeviceException("This NVRTC compiles for compute capabilities from "
                        + Arrays.stream(supported).min().orElse(0) + " up, the GPU has " + capability
                        + ". Install a toolkit that supports the GPU."));
        return "--gpu-architecture=compute_" + best;
    }

    private static int[] supported() {
        int[] count = new int[1];
        check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] archs = new int[count[0]];
        check(JNvrtc.nvrtcGetSupportedArchs(archs), "nvrtcGetSupportedArchs");
        return archs;
    }

    @Override
    public byte[] compile(String name, String source, Map<String, String> headers, List<String> options) {
        synchronized (LOCK) {
            nvrtcProgram program = new nvrtcProgram();
            String[] names = headers.keySet().toArray(String[]::new);
            String[] texts = headers.values().toArray(String[]::new);
            check(
                    JNvrtc.nvrtcCreateProgram(program, source, name, names.length, texts, names),
                    "nvrtcCreateProgram of " + name);
            try {
                return compile(program, name, options);
            } finally {
                logged(JNvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
            }
        }
    }

    private static byte[] compile(nvrtcProgram program, String name, List<String> options) {
        int status = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
        if (status != nvrtcResult.NVRTC_SUCCESS) {
            throw new DeviceException("NVRTC refused cuda/" + name + " with options " + options + " ("
                    + nvrtcResult.stringFor(status) + "):\n" + log(program));
        }
        boolean machineCode = options.stream().anyMatch(option -> option.startsWith("--gpu-architecture=sm_"));
        return machineCode ? machineCode(program) : portable(program);
    }

    private static String log(nvrtcProgram program) {
        String[] log = {""};
        boolean told = logged(JNvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
        return told ? log[0] : "its log could not be read";
    }

    private static byte[] machineCode(nvrtcProgram program) {
        long[] size = new long[1];
        check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
        byte[] image = new byte[Math.toIntExact(size[0])];
        check(JNvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
        return image;
    }

    private static byte[] portable(nvrtcProgram program) {
        String[] text = new String[1];
        check(JNvrtc.nvrtcGetPTX(program, text), "nvrtcGetPTX");
        return (text[0] + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private static void check(int status, String call) {
        if (status != nvrtcResult.NVRTC_SUCCESS) {
            throw new DeviceException(describe(status, call));
        }
    }

    /** For a call whose failure must not hide another; true if it succeeded. */
    private static boolean logged(int status, String call) {
        boolean good = status == nvrtcResult.NVRTC_SUCCESS;
        if (!good) {
            LOG.warn("While compiling kernels: {}", describe(status, call));
        }
        return good;
    }

    private static String describe(int status, String call) {
        return call + " failed with " + nvrtcResult.stringFor(status) + " (" + status + ").";
    }
}
