package dev.rectifier.engine.cuda;

import java.nio.file.Path;

/** The double of cublasLt ({@code native/blas}), loaded from where the emulated driver is, and faults planted in it. */
public final class LtDouble {
    /** With the numbers of {@code lt_double::Fault}. */
    enum Fault {
        NONE(0),
        NO_HANDLE(1),
        BITS_TURNED(2),
        NAN_IS_ZERO(3),
        NO_RELU(4),
        NO_SHARED_ORDER(5),
        WRONG_BIAS(6),
        ORDER_BY_EPILOGUE(7),
        RUN_FAILS(8);

        private final int number;

        Fault(int number) {
            this.number = number;
        }
    }

    private static boolean planted;

    private LtDouble() {}

    static Path file() {
        return Path.of(System.getProperty("rectifier.native"), "emulated", "libcublasLt.so.12")
                .toAbsolutePath();
    }

    /** Call after {@link Emulated#require}. */
    static void plant(Fault fault) {
        System.load(file().toString());
        plant(fault.number);
        planted = fault != Fault.NONE;
    }

    private static native void plant(int fault);

    /** Opens every engine with cublasLt for all products, until {@link #restore}, which takes faults out too. */
    public static void force() {
        System.setProperty("rectifier.cublaslt", "on");
    }

    public static void restore() {
        System.clearProperty("rectifier.cublaslt");
        if (planted) {
            plant(Fault.NONE);
        }
    }
}
