package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import java.util.Locale;

/** What both providers ask of the machine, and how they open an engine. */
final class Platform {
    private Platform() {}

    /** JCuda has natives for Linux on x86-64 only. */
    static boolean isSupported() {
        return os().contains("linux")
                && (architecture().equals("amd64") || architecture().equals("x86_64"));
    }

    static String refusal() {
        return "CUDA is used on Linux x86-64 only; this is " + os() + " on " + architecture();
    }

    private static String os() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    }

    private static String architecture() {
        return System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    }

    /** False with -Drectifier.cublas=none: products by our own kernels alone. */
    static boolean mayUseCublas() {
        return !System.getProperty("rectifier.cublas", "auto").equals("none");
    }

    /** False with -Drectifier.cudnn=none: it is not looked for. */
    static boolean mayUseCudnn() {
        return CuDnnMode.ofThisProcess() != CuDnnMode.NONE;
    }

    /** Opens device 0; a failure leaves nothing open. */
    static Engine open(CudaEngine.Plan plan, EngineOptions options) {
        CudaContext context = CudaContext.open();
        try {
            return new CudaEngine(plan, options, context);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }
}
