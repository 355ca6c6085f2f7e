package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The largest and the smallest eigenvalues of R symmetric matrices by Lanczos, each with the residual that the recurrence itself
 * knows: |beta_m s_mi|, s_i the eigenvector of T. A replica's answer is that of the first question at which all its own pairs were
 * good enough, whatever the others still need.
 *
 * <p>One start vector finds one vector of a multiple eigenvalue's space, and others only when the Krylov space is exhausted or
 * rounding brings them in: {@link SubspaceIteration} counts copies.
 *
 * <p>Cost: m products, m the steps of the slowest replica; memory (m + 4) R P elements at the most steps allowed. Source: Golub and
 * Van Loan, Matrix Computations, theorem 10.1.1; Parlett, The Symmetric Eigenvalue Problem, 13.2.
 */
public final class ExtremeEigenpairs {
    /**
     * Which ones.
     *
     * @param top number of largest eigenvalues, by value and not by magnitude
     * @param bottom number of smallest
     */
    public record Wanted(int top, int bottom) {
        public Wanted {
            if (top < 0 || bottom < 0 || top + bottom == 0) {
                throw new IllegalArgumentException(
                        "At least one eigenvalue has to be asked for, not " + top + " and " + bottom + ".");
            }
        }
    }

    /**
     * One replica's answer.
     *
     * @param steps after which it was taken
     * @param converged whether all pairs met the tolerance
     * @param top from the largest downwards
     * @param bottom from the smallest upwards
     */
    public record Answer(int steps, boolean converged, List<Eigenpair> top, List<Eigenpair> bottom) {
        private boolean isFinal() {
            return converged
                    || !Stream.concat(top.stream(), bottom.stream()).allMatch(pair -> Double.isFinite(pair.value()));
        }
    }

    private final LinearOperator operator;
    private final Lanczos lanczos;
    private final Wanted wanted;
    private final List<Optional<Answer>> answers;

    private ExtremeEigenpairs(LinearOperator operator, Lanczos lanczos, Wanted wanted) {
        this.operator = operator;
        this.lanczos = lanczos;
        this.wanted = wanted;
        answers = new ArrayList<>(Collections.nCopies(lanczos.space().replicas(), Optional.empty()));
    }

    /**
     * Finds them. The basis stays in the arena for {@link #vectors}.
     *
     * @param streams one per replica, for the start vectors
     * @throws IllegalArgumentException if fewer steps or weights are allowed than eigenvalues wanted
     */
    public static ExtremeEigenpairs find(
            Arena arena, LinearOperator operator, Streams streams, Wanted wanted, Convergence until) {
        long most = Math.min(until.most(), operator.size());
        if (wanted.top() + wanted.bottom() > most) {
            throw new IllegalArgumentException(wanted.top() + " + " + wanted.bottom()
                    + " eigenvalues cannot be had from " + most + " steps (P = " + operator.size()
                    + "): ask for fewer, or allow more steps.");
        }
        Lanczos lanczos = new Lanczos(operator, arena, streams, until.most());
        ExtremeEigenpairs found = new ExtremeEigenpairs(operator, lanczos, wanted);
        found.run(until);
        return found;
    }

    private void run(Convergence until) {
        lanczos.start(0);
        boolean open = true;
        while (open) {
            lanczos.extend(lanczos.steps() + until.every());
            open = false;
            for (int r = 0; r < answers.size(); r++) {
                open |= stillOpen(r, until);
            }
        }
    }

    private boolean stillOpen(int r, Convergence until) {
        int m = lanczos.steps();
        boolean last = answers.get(r).map(Answer::isFinal).orElse(false);
        if (!last && m >= wanted.top() + wanted.bottom()) {
            Answer now = answer(r, m, until.tolerance());
            answers.set(r, Optional.of(now));
            last = now.isFinal();
        }
        return !last && m < lanczos.capacity();
    }

    private Answer answer(int r, int m, double tolerance) {
        Tridiagonal.Eigen eigen = lanczos.tridiagonal(r, m).eigen(m - 1);
        double coupling = lanczos.coupling(r, m);
        double[] values = eigen.values();
        double largest = Math.max(Math.abs(values[0]), Math.abs(values[m - 1]));
        List<Eigenpair> top = new ArrayList<>();
        List<Eigenpair> bottom = new ArrayList<>();
        boolean good = true;
        for (int i : wanted(m)) {
            Eigenpair pair = new Eigenpair(values[i], Math.abs(coupling * eigen.entries()[i][0]));
            (top.size() < wanted.top() ? top : bottom).add(pair);
            good &= pair.residual() <= tolerance * largest;
        }
        return new Answer(m, good, List.copyOf(top), List.copyOf(bottom));
    }

    /** Places among m ascending values: the top ones downwards, then the bottom ones upwards. */
    private int[] wanted(int m) {
        return IntStream.concat(
                        IntStream.range(0, wanted.top()).map(i -> m - 1 - i), IntStream.range(0, wanted.bottom()))
                .toArray();
    }

    /** Per replica. */
    public List<Answer> answers() {
        return answers.stream().map(Optional::orElseThrow).toList();
    }

    /**
     * The Ritz vectors, of length 1 but for rounding: the top ones, then the bottom ones.
     *
     * @param arena who owns them
     * @return each [R, P] on the device
     */
    public List<View> vectors(Arena arena) {
        int count = wanted.top() + wanted.bottom();
        List<Answer> all = answers();
        double[][][] weights = new double[count][answers.size()][lanczos.capacity()];
        for (int r = 0; r < all.size(); r++) {
            int m = all.get(r).steps();
            double[][] entries = lanczos.tridiagonal(r, m).eigen().entries();
            int[] places = wanted(m);
            for (int i = 0; i < count; i++) {
                System.arraycopy(entries[places[i]], 0, weights[i][r], 0, m);
            }
        }
        return Arrays.stream(weights).map(w -> vector(arena, w)).toList();
    }

    private View vector(Arena arena, double[][] weights) {
        View padded = lanczos.space().vector(arena);
        lanczos.combine(padded, weights);
        return lanczos.space().seen(padded);
    }

    /**
     * |A y - theta y| / |y|, computed from the vectors: what {@link Eigenpair#residual} must agree with to rounding. One product per
     * vector.
     *
     * @param vectors from {@link #vectors}
     * @return [R][top + bottom]
     */
    public double[][] measuredResiduals(List<View> vectors) {
        VectorSpace space = lanczos.space();
        double[][] found = new double[answers.size()][vectors.size()];
        try (Arena arena = space.engine().openArena("residuals")) {
            View product = space.vector(arena);
            View scaled = space.vector(arena);
            for (int i = 0; i < vectors.size(); i++) {
                double[] norms = residual(space, vectors.get(i), i, product, scaled);
                for (int r = 0; r < norms.length; r++) {
                    found[r][i] = norms[r];
                }
            }
        }
        return found;
    }

    private double[] residual(VectorSpace space, View y, int i, View product, View scaled) {
        operator.apply(space.seen(product), y);
        View whole = space.whole(y);
        double[] lengths = space.norms(whole);
        double[] theta = new double[answers.size()];
        Arrays.setAll(theta, r -> pair(r, i).value());
        space.scale(scaled, whole, theta);
        space.engine().pointwise().axpy(product, -1, scaled);
        double[] norms = space.norms(product);
        Arrays.setAll(norms, r -> norms[r] / lengths[r]);
        return norms;
    }

    private Eigenpair pair(int r, int i) {
        Answer answer = answers.get(r).orElseThrow();
        int top = wanted.top();
        return i < top ? answer.top().get(i) : answer.bottom().get(i - top);
    }
}
