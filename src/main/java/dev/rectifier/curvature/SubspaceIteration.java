package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The eigenvalues of largest magnitude, copies of multiple ones included, by powers of a block of vectors: V becomes an orthonormal
 * basis of A V, and when asked Rayleigh-Ritz gives pairs with the residuals of their own vectors. Slower than Lanczos by far (its
 * error falls by |theta_(k+guards+1) / theta_k| a step), but it cannot miss a copy. Converged pairs are deflated by
 * {@link #deflated}, and the next block found in what is left.
 *
 * <p>Cost of a step: k + guards products and 2 (k + guards)^2 P multiply-adds; of a question (k + guards)^2 / 2 sums of R numbers
 * more. Memory 3 k + 2 guards + 6 vectors of R P elements. Source: Golub and Van Loan, Matrix Computations, 8.2.4; Stewart 1969
 * (Rayleigh-Ritz).
 */
public final class SubspaceIteration {
    /** A product of fewer unit roundoffs of its length outside the span is in it. */
    private static final double NOTHING = 16;

    /**
     * How many.
     *
     * @param pairs k
     * @param guards further vectors that no one asks for, so that the k-th converges sooner
     */
    public record Block(int pairs, int guards) {
        public Block {
            if (pairs < 1 || guards < 0) {
                throw new IllegalArgumentException("A block needs at least 1 vector and no fewer than 0 guards, not "
                        + pairs + " and " + guards + ".");
            }
        }

        int size() {
            return pairs + guards;
        }
    }

    /**
     * One replica's answer.
     *
     * @param steps after which it was taken
     * @param converged whether all pairs met the tolerance
     * @param pairs by falling magnitude
     */
    public record Answer(int steps, boolean converged, List<Eigenpair> pairs) {}

    private final LinearOperator operator;
    private final VectorSpace space;
    private final Probes random;
    private final Block block;
    private final Basis vectors;
    private final Basis products;
    private final Basis kept;
    private final View one;
    private final View other;
    private final View third;
    private final List<Optional<Answer>> answers;

    private SubspaceIteration(LinearOperator operator, Arena arena, Streams streams, Block block) {
        this.operator = operator;
        this.block = block;
        space = new VectorSpace(operator, arena);
        random = new Probes(space, streams);
        vectors = new Basis(space, block.size());
        products = new Basis(space, block.size());
        kept = new Basis(space, block.pairs());
        one = space.vector("vector");
        other = space.vector("product");
        third = space.vector("scaled vector");
        answers = new ArrayList<>(Collections.nCopies(space.replicas(), Optional.empty()));
    }

    /**
     * Finds them. Vectors stay in the arena for {@link #deflated} and {@link #vector}.
     *
     * @param streams one per replica, for the start vectors
     */
    public static SubspaceIteration find(
            Arena arena, LinearOperator operator, Streams streams, Block block, Convergence until) {
        if (block.size() > operator.size()) {
            throw new IllegalArgumentException("A block of " + block.size() + " vectors does not fit P = "
                    + operator.size() + ": ask for fewer pairs or guards.");
        }
        SubspaceIteration found = new SubspaceIteration(operator, arena, streams, block);
        found.run(until);
        return found;
    }

    private void run(Convergence until) {
        for (int i = 0; i < block.size(); i++) {
            random.normal(one, i, 0);
            orthonormal(one, i);
        }
        boolean open = true;
        for (int step = 1; open; step++) {
            multiply();
            boolean last = step == until.most();
            if (last || step % until.every() == 0) {
                open = ask(step, until.tolerance()) && !last;
            }
            if (open) {
                for (int i = 0; i < block.size(); i++) {
                    products.get(one, i);
                    orthonormal(one, i);
                }
            }
        }
    }

    /** The vector becomes the i-th, orthogonal to those before; a random one where it lies in their span. */
    private void orthonormal(View vector, int i) {
        double[] before = space.norms(vector);
        vectors.orthogonalise(vector, i);
        double[] floor = new double[before.length];
        Arrays.setAll(floor, r -> NOTHING * space.dtype().unitRoundoff() * before[r]);
        vectors.append(vector, i, space.norms(vector), floor, fresh -> random.normal(fresh, i, 1));
    }

    private void multiply() {
        for (int i = 0; i < block.size(); i++) {
            vectors.get(one, i);
            operator.apply(space.seen(other), space.seen(one));
            products.set(i, other);
        }
    }

    /** Whether some replica is not yet good enough. */
    private boolean ask(int step, double tolerance) {
        double[][][] mixtures = new double[space.replicas()][][];
        double[][] values = rayleighRitz(mixtures);
        double[][] residuals = residuals(mixtures, values);
        boolean open = false;
        List<Integer> renewed = new ArrayList<>();
        for (int r = 0; r < answers.size(); r++) {
            if (!answers.get(r).map(Answer::converged).orElse(false)) {
                Answer now = answer(step, values[r], residuals[r], tolerance);
                answers.set(r, Optional.of(now));
                renewed.add(r);
                open |= !now.converged() && Double.isFinite(values[r][0]);
            }
        }
        keep(renewed, mixtures);
        return open;
    }

    private Answer answer(int step, double[] values, double[] residuals, double tolerance) {
        List<Eigenpair> pairs = IntStream.range(0, block.pairs())
                .mapToObj(i -> new Eigenpair(values[i], residuals[i]))
                .toList();
        boolean good = pairs.stream().allMatch(pair -> pair.residual() <= tolerance * Math.abs(values[0]));
        return new Answer(step, good, pairs);
    }

    /** Eigenvalues of V^T A V by falling magnitude [R][size], and in {@code mixtures} [R][size][size] their vectors in terms of V. */
    private double[][] rayleighRitz(double[][][] mixtures) {
        int n = block.size();
        double[][][] quotient = new double[space.replicas()][n][n];
        for (int i = 0; i < n; i++) {
            vectors.get(one, i);
            for (int j = 0; j <= i; j++) {
                products.get(other, j);
                double[] dots = space.dot(one, other);
                for (int r = 0; r < dots.length; r++) {
                    quotient[r][i][j] = dots[r];
                    quotient[r][j][i] = dots[r];
                }
            }
        }
        double[][] values = new double[quotient.length][];
        for (int r = 0; r < quotient.length; r++) {
            SymmetricEigen eigen = SymmetricEigen.of(quotient[r]);
            Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
            Arrays.sort(order, Comparator.comparingDouble(i -> -Math.abs(eigen.values()[i])));
            values[r] = Arrays.stream(order).mapToDouble(i -> eigen.values()[i]).toArray();
            mixtures[r] = Arrays.stream(order).map(i -> eigen.vectors()[i]).toArray(double[][]::new);
        }
        return values;
    }

    /** |A y - theta y| [R][pairs]. */
    private double[][] residuals(double[][][] mixtures, double[][] values) {
        double[][] found = new double[space.replicas()][block.pairs()];
        for (int i = 0; i < block.pairs(); i++) {
            double[][] mixture = column(mixtures, i);
            vectors.combine(one, mixture);
            products.combine(other, mixture);
            double[] theta = new double[values.length];
            for (int r = 0; r < theta.length; r++) {
                theta[r] = values[r][i];
            }
            space.scale(third, one, theta);
            space.engine().pointwise().axpy(other, -1, third);
            Hutchinson.put(found, i, space.norms(other));
        }
        return found;
    }

    private static double[][] column(double[][][] mixtures, int i) {
        return Arrays.stream(mixtures).map(all -> all[i]).toArray(double[][]::new);
    }

    /** The pairs' vectors of some replicas. */
    private void keep(List<Integer> replicas, double[][][] mixtures) {
        for (int i = 0; i < block.pairs(); i++) {
            vectors.combine(one, column(mixtures, i));
            kept.get(other, i);
            replicas.forEach(r -> space.copyOne(other, one, r));
            kept.set(i, other);
        }
    }

    /** Per replica. */
    public List<Answer> answers() {
        return answers.stream().map(Optional::orElseThrow).toList();
    }

    /**
     * A copy of every replica's vector of pair i.
     *
     * @param arena who owns it
     * @return [R, P] on the device
     */
    public View vector(Arena arena, int i) {
        View copy = space.vector(arena);
        kept.get(copy, i);
        return space.seen(copy);
    }

    /** The operator without these pairs: where to look for the next, or for the bulk. */
    public LinearOperator deflated() {
        double[][] values = answers().stream()
                .map(answer ->
                        answer.pairs().stream().mapToDouble(Eigenpair::value).toArray())
                .toArray(double[][]::new);
        return new Deflated(operator, space, kept, values);
    }

    /**
     * Block after block, each in what those before have left.
     *
     * @param blocks how many
     * @return [R] all pairs, by falling magnitude within each block
     */
    public static List<List<Eigenpair>> find(
            Arena arena, LinearOperator operator, Streams streams, Block block, int blocks, Convergence until) {
        List<List<Eigenpair>> all = new ArrayList<>();
        for (int r = 0; r < operator.replicas(); r++) {
            all.add(new ArrayList<>());
        }
        LinearOperator left = operator;
        for (int i = 0; i < blocks; i++) {
            SubspaceIteration found = find(arena, left, streams.child("block " + i), block, until);
            for (int r = 0; r < all.size(); r++) {
                all.get(r).addAll(found.answers().get(r).pairs());
            }
            left = found.deflated();
        }
        return all;
    }
}
