package dev.rectifier.engine.cuda;

import java.nio.file.Path;

/** The double of cuDNN ({@code native/dnn}), loaded from where the emulated driver is, and faults planted in it. */
public final class CuDnnDouble {
    /** With the numbers of {@code dnn::Fault}. */
    enum Fault {
        NONE(0),
        NO_HANDLE(1),
        UNKNOWN_SHAPE(2),
        LARGE_WORKSPACE(3),
        RUN_NOT_SUPPORTED(4),
        RUN_FAILS(5),
        OUT_OF_MEMORY(6),
        WRONG_FORWARD(7),
        WRONG_INPUT_GRADIENT(8),
        WRONG_WEIGHT_GRADIENT(9),
        ROUNDED(10),
        UNSTEADY(11),
        NAN_IS_ZERO(12),
        WRONG_BIAS(13);

        private final int number;

        Fault(int number) {
            this.number = number;
        }
    }

    private static boolean planted;

    private CuDnnDouble() {}

    static Path file() {
        return Path.of(System.getProperty("rectifier.native"), "emulated", "libcudnn.so.9")
                .toAbsolutePath();
    }

    private static void load() {
        System.load(file().toString());
    }

    /** Call after {@link Emulated#require}. */
    static void plant(Fault fault) {
        load();
        plant(fault.number);
        planted = fault != Fault.NONE;
    }

    private static native void plant(int fault);

    /** Convolutions that the library has run so far. */
    public static long convolutions() {
        load();
        return runs();
    }

    private static native long runs();

    /** Opens every engine with cuDNN for all convolutions, until {@link #restore}, which takes faults out too. */
    public static void force() {
        System.setProperty("rectifier.cudnn", "on");
    }

    public static void restore() {
        System.clearProperty("rectifier.cudnn");
        System.clearProperty("rectifier.cudnn.workspace");
        if (planted) {
            plant(Fault.NONE);
        }
    }
}
