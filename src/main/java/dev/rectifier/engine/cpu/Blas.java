package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Finding;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * OpenBLAS, where its native half is on the class path: one thread, one call per product. Operands are copied to memory of
 * one alignment first, so that a result cannot depend on where in the heap they lay. {@code -Drectifier.openblas=off}
 * forces the plain loops.
 */
final class Blas {
    /** Multiply-adds from which a call, copies included, is clearly quicker than tiles: two times and more. */
    private static final long WORTH_A_CALL = 24L * 24 * 24;

    /** Below this every operand element is used so seldom that copying it costs more than the call saves. */
    private static final int THINNEST = 8;

    private static final String SWITCH = "rectifier.openblas";

    private Blas() {}

    /** The library, looked for once, when a product first asks for it. */
    private static final class Library {
        static final Optional<String> VERSION = load();

        private static Optional<String> load() {
            try {
                Loader.load(openblas_nolapack.class);
                openblas_nolapack.blas_set_num_threads(1);
                return Optional.of(Loader.getVersion("org.bytedeco", "openblas"));
            } catch (LinkageError | java.io.IOException e) {
                return Optional.empty();
            }
        }
    }

    private static boolean isOff() {
        return System.getProperty(SWITCH, "on").equals("off");
    }

    private static Optional<String> found() {
        return isOff() ? Optional.empty() : Library.VERSION;
    }

    /** The version in use, or why there is none. */
    static String version() {
        return found().orElse(isOff() ? "switched off" : "absent: no native library on the class path");
    }

    /** The same for doctor. */
    static Finding finding() {
        return finding(found(), isOff());
    }

    static Finding finding(Optional<String> version, boolean off) {
        String effect = "takes large products; without it our own loops do them, slower";
        return version.map(found -> Finding.found("OpenBLAS", "version " + found + ", one thread a call", effect))
                .orElseGet(() -> off
                        ? Finding.missing("OpenBLAS", "switched off", effect, "Leave out -Drectifier.openblas=off.")
                        : Finding.missing(
                                "OpenBLAS",
                                "no native library on the class path",
                                effect,
                                "Put the natives of org.bytedeco:openblas for this platform on the class path."));
    }

    /** Whether products of this shape go to the library. */
    static boolean takes(ProductShape s) {
        return s.work() >= WORTH_A_CALL
                && Math.min(Math.min(s.rows(), s.columns()), s.depth()) >= THINNEST
                && found().isPresent();
    }

    /** Whether products of {@code work} multiply-adds go to the library when its operands are in native memory anyway. */
    static boolean takes(long work) {
        return work >= WORTH_A_CALL && found().isPresent();
    }

    private static int transposed(boolean yes) {
        return yes ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
    }

    /**
     * A part of a product as the library is asked for it.
     *
     * @param lda elements from one row of a, as it lies in memory, to the next; so {@code ldb} and {@code ldc}
     */
    record Call(ProductShape s, ProductShape.Part part, int lda, int ldb, int ldc) {}

    /** c = a b + beta c. */
    static void multiply(Call call, float beta, FloatPointer c, FloatPointer a, FloatPointer b) {
        openblas_nolapack.cblas_sgemm(
                openblas_nolapack.CblasRowMajor,
                transposed(call.s.ap() != 1),
                transposed(call.s.bj() != 1),
                call.part.rows(),
                call.part.columns(),
                call.s.depth(),
                1,
                a,
                call.lda,
                b,
                call.ldb,
                beta,
                c,
                call.ldc);
    }

    /** c = a b + beta c. */
    static void multiply(Call call, double beta, DoublePointer c, DoublePointer a, DoublePointer b) {
        openblas_nolapack.cblas_dgemm(
                openblas_nolapack.CblasRowMajor,
                transposed(call.s.ap() != 1),
                transposed(call.s.bj() != 1),
                call.part.rows(),
                call.part.columns(),
                call.s.depth(),
                1,
                a,
                call.lda,
                b,
                call.ldb,
                beta,
                c,
                call.ldc);
    }
}
