package dev.rectifier.gradients;

import dev.rectifier.conformance.Bound;
import dev.rectifier.conformance.Rounded;
import dev.rectifier.tensor.DType;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** One replica of a {@link Problem} with the errors that an engine may make in {@code type}. */
record RoundedProblem(Problem problem, int replica, DType type) {
    /** Roundings of a loss at one output, its function calls of 4 units included; a sum over examples comes on top. */
    private static final int LOSS_STEPS = 32;

    /** Largest error of each entry of the gradient [R P] for an evaluation in {@code type}. */
    static double[] gradientErrors(Problem problem, DType type) {
        return IntStream.range(0, Problem.REPLICAS)
                .mapToObj(r -> new RoundedProblem(problem, r, type).gradient())
                .flatMap(Arrays::stream)
                .mapToDouble(Rounded::error)
                .toArray();
    }

    /** Largest errors of the losses [R]. */
    static double[] lossErrors(Problem problem, DType type) {
        return IntStream.range(0, Problem.REPLICAS)
                .mapToDouble(r -> new RoundedProblem(problem, r, type).lossError())
                .toArray();
    }

    private Rounded[] gradient() {
        RoundedNetwork network = network();
        RoundedNetwork.Pass pass = network.forward(inputs());
        return network.backward(pass, slopes(pass)).parameters();
    }

    private RoundedNetwork network() {
        int size = problem.size();
        double[] parameters = Arrays.copyOfRange(problem.parameters().doubles(), replica * size, (replica + 1) * size);
        return new RoundedNetwork(problem.spec(), RoundedNetwork.exact(type, parameters));
    }

    private Rounded[][] slopes(RoundedNetwork.Pass pass) {
        return new RoundedLoss(problem, replica, type).slopes(pass.output());
    }

    /**
     * What errors of the outputs z do, twice for terms of second order, and the loss's own roundings of numbers no larger than
     * (1 + |z|)^2, targets being at most 1.
     */
    private double lossError() {
        RoundedNetwork.Pass pass = network().forward(inputs());
        Rounded[] outputs = flat(pass.output());
        Rounded[] slopes = flat(slopes(pass));
        double passedOn = IntStream.range(0, outputs.length)
                .mapToDouble(i -> 2 * Math.abs(slopes[i].value()) * outputs[i].error())
                .sum();
        double size = sizes(outputs).map(z -> (1 + z) * (1 + z)).sum();
        return passedOn + Bound.gamma(type, LOSS_STEPS + outputs.length) * problem.scale() * size;
    }

    private static Rounded[] flat(Rounded[][] rows) {
        return Arrays.stream(rows).flatMap(Arrays::stream).toArray(Rounded[]::new);
    }

    private static DoubleStream sizes(Rounded... values) {
        return Arrays.stream(values).mapToDouble(Rounded::value).map(Math::abs);
    }

    private Rounded[][] inputs() {
        int width = problem.spec().inputs();
        return IntStream.range(replica * Problem.EXAMPLES, (replica + 1) * Problem.EXAMPLES)
                .mapToObj(n -> Arrays.copyOfRange(problem.x().doubles(), n * width, (n + 1) * width))
                .map(x -> RoundedNetwork.exact(type, x))
                .toArray(Rounded[][]::new);
    }
}
