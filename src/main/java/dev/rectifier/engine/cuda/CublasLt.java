package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CudaDense.Product;
import dev.rectifier.engine.cuda.LtRequest.Epilogue;
import dev.rectifier.engine.cuda.LtRunner.Job;
import dev.rectifier.tensor.DType;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Products with what is joined to them in one pass, by the host's cublasLt: the bias, ReLU and its mask of a layer, the bias
 * gradient beside the weight gradient. Which products: those that {@link CuBlas#takes}, or all that the library can do
 * ({@link LtMode}); of those, what {@link LtCheck} found to do as the contract wants.
 *
 * <p>The mask needs no unpacking: cublasLt's is column-major over D, whose columns are our rows, with a leading dimension that
 * is a multiple of 128 bits. Where W is one, its bit i is element i of the row-major [N, W] block. Elsewhere ReLU and mask
 * are a pass of their own over y, with the same bits, since both ways sum by one algorithm.
 *
 * <p>The bias gradient comes from the library below {@link Determinism#REPLICA} alone: it sums in an
 * order of its own. Under TF32 it does not either, which is for products.
 */
final class CublasLt implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CublasLt.class);
    private static final int MASK_ROW = 128;

    private final LtMode mode;
    private final Setting setting;
    private final CudaLibraries.Lt found;
    private Optional<LtSession> session = Optional.empty();
    private boolean tried;

    /**
     * What it is opened with.
     *
     * @param cublas what takes products otherwise
     * @param files the libraries of cuBLAS, one of which is cublasLt
     */
    record Setting(
            CudaContext context,
            EngineOptions options,
            PointwiseOps pointwise,
            CuBlas cublas,
            CudaLibraries.Library files) {}

    private CublasLt(LtMode mode, Setting setting, CudaLibraries.Lt found) {
        this.mode = mode;
        this.setting = setting;
        this.found = found;
    }

    /**
     * The library, or why it is not used.
     *
     * @param description for the engine's versions
     */
    record Choice(Optional<CublasLt> library, String description) {
        private static Choice none(String reason) {
            return new Choice(Optional.empty(), "none (" + reason + ")");
        }
    }

    /**
     * Finds it if the process asks for it; it is opened and checked at the first product it takes.
     *
     * @throws IllegalArgumentException if it is asked for by name and is not there
     */
    static Choice choose(Optional<Setting> setting) {
        LtMode mode = LtMode.ofThisProcess();
        if (mode == LtMode.OFF) {
            return Choice.none("-Drectifier.cublaslt=off");
        }
        try {
            Setting given = setting.orElseThrow(() -> new NoDeviceException("it comes with cuBLAS, which is not used"));
            CudaLibraries.Lt found = CudaLibraries.lt(given.files);
            String products = mode == LtMode.ON ? "every product it can do" : "products as for cuBLAS";
            return new Choice(Optional.of(new CublasLt(mode, given, found)), found.file() + ", " + products);
        } catch (NoDeviceException e) {
            if (mode == LtMode.ON) {
                throw refusal(e);
            }
            LOG.debug("cublasLt is not used: {}.", e.getMessage());
            return Choice.none(String.valueOf(e.getMessage()));
        }
    }

    private static IllegalArgumentException refusal(NoDeviceException e) {
        return new IllegalArgumentException(
                "-Drectifier.cublaslt=on, and cublasLt cannot be used: " + e.getMessage() + ".", e);
    }

    private Optional<LtSession> session() {
        if (!tried) {
            tried = true;
            session = open();
        }
        return session;
    }

    private Optional<LtSession> open() {
        try {
            return Optional.of(new LtSession(setting.context, setting.options, found));
        } catch (NoDeviceException e) {
            if (mode == LtMode.ON) {
                throw refusal(e);
            }
            LOG.warn("cublasLt is not used, cuBLAS and own kernels do its products: {}.", e.getMessage());
            return Optional.empty();
        }
    }

    private boolean takes(Product product) {
        boolean any = product.depth() > 0 && product.out().shape().size() > 0;
        boolean known = product.dtype() == DType.F64 || setting.options.mathMode() != MathMode.TF32X3;
        return any && known && (mode == LtMode.ON || setting.cublas.takes(product));
    }

    /**
     * y = b + x w^T, with a mask its ReLU in place.
     *
     * @return false, and nothing is done, where this is not the library's
     */
    boolean forward(Product product, View bias, Optional<View> mask) {
        return takes(product)
                && session().filter(open -> forward(open, product, bias, mask)).isPresent();
    }

    private boolean forward(LtSession open, Product product, View bias, Optional<View> mask) {
        LtVerdict verdict = open.verdict(product.dtype());
        if (!verdict.bias()) {
            return false;
        }
        Job job = Job.of(product, bias, Epilogue.BIAS);
        boolean wanted = verdict.relu() && product.width() % MASK_ROW == 0;
        LtLibrary.Pair plans =
                open.runner().plans(job, wanted ? Optional.of(Epilogue.RELU_AUX_BIAS) : Optional.empty());
        if (plans.plain().isEmpty()) {
            return false;
        }
        Optional<View> direct = mask.filter(view -> plans.joined().isPresent() && AlignedBlocks.isAligned(view));
        LtLibrary.Plan plan = direct.isPresent()
                ? plans.joined().orElseThrow()
                : plans.plain().orElseThrow();
        open.runner().run(plan, job, direct);
        if (direct.isEmpty()) {
            mask.ifPresent(view -> setting.pointwise.relu(product.out(), view, product.out()));
        }
        return true;
    }

    /**
     * dw = dy^T x and db, its column sums of dy.
     *
     * @return false, and nothing is done, where this is not the library's
     */
    boolean weightAndBiasGradient(Product product, View db) {
        boolean anyOrder = setting.options.determinism() != Determinism.REPLICA;
        return anyOrder
                && takes(product)
                && session().filter(open -> gradients(open, product, db)).isPresent();
    }

    private static boolean gradients(LtSession open, Product product, View db) {
        if (!open.verdict(product.dtype()).gradient()) {
            return false;
        }
        Job job = Job.of(product, db, Epilogue.BGRADB);
        Optional<LtLibrary.Plan> plan =
                open.runner().plans(job, Optional.empty()).plain();
        plan.ifPresent(made -> open.runner().run(made, job, Optional.empty()));
        return plan.isPresent();
    }

    @Override
    public void close() {
        session.ifPresent(LtSession::close);
        session = Optional.empty();
    }
}
