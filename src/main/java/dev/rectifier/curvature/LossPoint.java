package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.ChainPass;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A loss at fixed parameters of R networks over a fixed set of examples, with what its derivatives need. Buffers belong to the
 * arena it was opened in; nothing is allocated on the device after that. Sums over pieces are made in their order, so equal
 * {@link Pieces#examples} give equal bits, whether passes are kept or not.
 *
 * <p>Cost in passes over the examples, a backward pass being two: gradient 3, Hessian product 6 more (a gradient that is not
 * kept beside), Gauss-Newton and Fisher products 5, Jacobian products 2 and 2.
 *
 * <p>Source: Pearlmutter 1994 (Hessian); Schraudolph 2002 (Gauss-Newton, Fisher).
 */
public final class LossPoint {
    private final Engine engine;
    private final Problem problem;
    private final Pieces how;
    private final List<Piece> pieces = new ArrayList<>();
    private final ParameterLayout layout;
    private final View values;
    private final LayerViews sum;
    private final LayerViews spare;

    private LossPoint(Engine engine, Arena arena, Problem problem, Pieces how) {
        this.engine = engine;
        this.problem = problem;
        this.how = how;
        layout = problem.network().layout();
        values = arena.openArena("losses")
                .allocate(DType.F64, Shape.of(problem.replicas()))
                .view();
        sum = vector(arena, "product of a piece");
        spare = vector(arena, "gradient of a piece");
        addPieces(arena);
    }

    /**
     * Allocates all buffers; computes nothing yet.
     *
     * @throws IllegalArgumentException if the loss of an example depends on those beside it and they do not fit one piece
     */
    public static LossPoint open(Engine engine, Arena arena, Problem problem, Pieces pieces) {
        if (problem.mixesExamples() && pieces.examples() < problem.examples().count()) {
            throw new IllegalArgumentException("BatchNorm in training mode normalises over all "
                    + problem.examples().count() + " examples together, so they cannot be taken "
                    + pieces.examples() + " at a time: take them at once, or evaluation mode.");
        }
        return new LossPoint(engine, arena, problem, pieces);
    }

    private LayerViews vector(Arena arena, String purpose) {
        Shape shape = Shape.of(problem.replicas(), layout.size());
        return layout.views(arena.openArena(purpose).allocate(dtype(), shape).view());
    }

    private void addPieces(Arena arena) {
        long all = problem.examples().count();
        long most = Math.min(how.examples(), all);
        Piece.Buffers shared = buffers(arena, most);
        for (long from = 0; from < all; from += most) {
            long count = Math.min(most, all - from);
            Piece.Buffers own = how.kept() && from > 0 ? buffers(arena, count) : shared.first(count);
            pieces.add(new Piece(engine, problem, from, own));
        }
    }

    private Piece.Buffers buffers(Arena arena, long examples) {
        PassKind kind = PassKind.INFERENCE.withMode(problem.mode()).withDerivatives(PassKind.Derivatives.CURVATURE);
        ChainPass pass = problem.network().pass(arena.openArena("passes"), dtype(), problem.replicas(), examples, kind);
        return new Piece.Buffers(pass, signal(arena, pass), signal(arena, pass));
    }

    private View signal(Arena arena, ChainPass pass) {
        return arena.openArena("signals at the outputs")
                .allocate(dtype(), pass.output().shape())
                .view();
    }

    private DType dtype() {
        return problem.examples().x().dtype();
    }

    public Problem problem() {
        return problem;
    }

    /** To be called when the parameters have changed: what passes have kept is of the old ones. */
    public void moved() {
        pieces.forEach(Piece::forget);
    }

    /** Of all pieces, one after the other; buffers that they share hold one piece's passes at a time. */
    private void each(BiConsumer<Piece, Integer> work) {
        for (int i = 0; i < pieces.size(); i++) {
            work.accept(pieces.get(i), i);
            if (!how.kept() && pieces.size() > 1) {
                pieces.get(i).forget();
            }
        }
    }

    /** product = the sum over the pieces of what {@code work} leaves in the vector it is given. */
    private void summed(View product, BiConsumer<Piece, LayerViews> work) {
        LayerViews out = layout.views(product);
        each((piece, i) -> {
            work.accept(piece, i == 0 ? out : sum);
            if (i > 0) {
                engine.pointwise().axpy(product, 1, sum.flat());
            }
        });
    }

    /** Per replica. */
    public double[] loss() {
        double[] losses = new double[Math.toIntExact(problem.replicas())];
        each((piece, i) -> {
            piece.loss(values);
            add(losses);
        });
        return losses;
    }

    private void add(double[] losses) {
        double[] more = values.download().doubles();
        Arrays.setAll(losses, r -> losses[r] + more[r]);
    }

    /**
     * The outputs of all examples.
     *
     * @return [R, M, K]
     */
    public HostTensor outputs() {
        return gathered(Piece::outputs);
    }

    /** What {@code rows} gives for each piece, one behind the other: [R, M, K]. */
    private HostTensor gathered(Function<Piece, View> rows) {
        int k = problem.network().spec().outputs();
        long examples = problem.examples().count();
        HostTensor all = HostTensor.zeros(dtype(), Shape.of(problem.replicas(), examples, k));
        each((piece, i) -> {
            HostTensor part = rows.apply(piece).download();
            int block = Math.toIntExact(part.shape().tail().size());
            int first = Math.toIntExact(i * Math.min(how.examples(), examples) * k);
            for (int r = 0; r < problem.replicas(); r++) {
                int to = Math.toIntExact(r * examples * k + first);
                System.arraycopy(part.array(), r * block, all.array(), to, block);
            }
        });
        return all;
    }

    /**
     * The gradient of the loss.
     *
     * @param gradient [R, P] out
     */
    public void gradient(View gradient) {
        summed(gradient, (piece, out) -> piece.gradient(values, out));
    }

    /** v to H v: the exact second derivative of the loss. */
    public LinearOperator hessian() {
        return operator(
                (product, v) -> summed(product, (piece, out) -> piece.hessian(out, layout.views(v), values, spare)));
    }

    /**
     * v to J^T L'' J v, L'' being the loss's second derivative in the outputs: positive semi-definite, and equal to the Fisher
     * matrix of the model whose negative log-likelihood the loss is (softmax for the cross-entropy, Bernoulli for the logistic
     * loss, a Gaussian for the squared one).
     */
    public LinearOperator gaussNewton() {
        return operator((product, v) -> summed(product, (piece, out) -> piece.gaussNewton(out, layout.views(v))));
    }

    /**
     * v to (1 / M) sum_n g_n g_n^T v, g_n being the gradient of M times example n's share of the loss: of a mean over examples
     * the gradient of its own loss. Also the uncentred covariance of the gradients.
     *
     * @throws IllegalStateException if an example has no loss of its own (BatchNorm in training mode)
     */
    public LinearOperator empiricalFisher() {
        if (problem.mixesExamples()) {
            throw new IllegalStateException(
                    "BatchNorm in training mode makes every example's loss depend on the others, so there"
                            + " are no gradients of single examples: take evaluation mode.");
        }
        double examples = problem.examples().count();
        return operator((product, v) ->
                summed(product, (piece, out) -> piece.empiricalFisher(out, layout.views(v), values, examples)));
    }

    /**
     * J v: how the outputs of all examples move with the parameters.
     *
     * @param vector [R, P], may be shared
     * @return [R, M, K] on the host
     */
    public HostTensor jacobian(View vector) {
        LayerViews v = layout.views(vector);
        return gathered(piece -> piece.jacobian(v));
    }

    /**
     * J^T u.
     *
     * @param product [R, P] out
     * @param u [R, M, K], may be shared
     */
    public void jacobianTransposed(View product, View u) {
        long each = Math.min(how.examples(), problem.examples().count());
        LayerViews out = layout.views(product);
        each((piece, i) -> {
            View part = u.rows(i * each, piece.examples());
            piece.jacobianTransposed(i == 0 ? out : sum, part);
            if (i > 0) {
                engine.pointwise().axpy(product, 1, sum.flat());
            }
        });
    }

    private LinearOperator operator(BiConsumer<View, View> product) {
        return new Product(product);
    }

    /** One of this point's matrices. */
    private final class Product implements LinearOperator {
        private final BiConsumer<View, View> product;

        Product(BiConsumer<View, View> product) {
            this.product = product;
        }

        @Override
        public Engine engine() {
            return engine;
        }

        @Override
        public long replicas() {
            return problem.replicas();
        }

        @Override
        public long size() {
            return layout.size();
        }

        @Override
        public DType dtype() {
            return LossPoint.this.dtype();
        }

        @Override
        public void apply(View out, View vector) {
            product.accept(out, vector);
        }
    }
}
