package dev.rectifier.cli;

import dev.rectifier.cli.network.GivenProblem;
import dev.rectifier.curvature.LinearOperator;
import dev.rectifier.curvature.LossPoint;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.record.Suggestion;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Loss, outputs and derivatives of a network of the user's own. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Loss, outputs, gradient, Hessian and Gauss-Newton products of a network of your own.")
final class EvaluateCommand implements Callable<Integer> {
    private static final List<String> ALL = List.of("loss", "outputs", "gradient", "hvp", "ggn", "fisher");

    private final Console console;

    @Mixin
    private GivenNetwork given = new GivenNetwork();

    @Mixin
    private EngineChoice engine = new EngineChoice();

    @Option(
            names = "--compute",
            split = ",",
            paramLabel = "WHAT",
            defaultValue = "loss,outputs,gradient",
            description =
                    "loss, outputs, gradient, hvp (Hessian), ggn (Gauss-Newton), fisher (empirical Fisher times the"
                            + " vector); default: ${DEFAULT-VALUE}.")
    private List<String> compute = List.of();

    @Option(
            names = "--vector",
            paramLabel = "FILE",
            description = "What hvp, ggn and fisher are multiplied by: a safetensors file with a tensor per parameter.")
    private Optional<Path> vector = Optional.empty();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Where the result goes: safetensors with loss, outputs, gradient.NAME, hvp.NAME, ggn.NAME.")
    private Path out = Path.of("");

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        checkWords();
        GivenProblem problem = given.read();
        Optional<HostTensor> along = vector.map(problem::vector);
        checkSense(problem);
        Map<String, HostTensor> result = new LinkedHashMap<>();
        try (Engine opened = engine.open(console).engine();
                Arena arena = opened.openArena("evaluate")) {
            LossPoint point = problem.open(opened, arena, given.pieces());
            Questions questions = new Questions(problem, point, arena, along, result);
            compute.forEach(questions::answer);
        }
        SafeTensors.write(out, new SafeTensors.Contents(result, Map.of()));
        console.remark("Result: " + out + ", " + result.size() + " tensors.");
        return ExitCode.GOOD.code();
    }

    private void checkWords() {
        for (String word : compute) {
            if (!ALL.contains(word)) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--compute knows " + String.join(", ", ALL) + ", not '" + word + "'."
                                + Suggestion.didYouMean(word, ALL));
            }
            if (ALL.indexOf(word) > ALL.indexOf("gradient") && vector.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--compute " + word + " needs a vector: give --vector FILE, safetensors with a tensor per"
                                + " parameter.");
            }
        }
    }

    /** What would otherwise be found out after all the work. */
    private void checkSense(GivenProblem problem) {
        given.pieces();
        if (compute.contains("fisher") && problem.network().takesBatch()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--compute fisher needs gradients of single examples, and BatchNorm in mode train makes every example's"
                            + " loss depend on the others: take mode eval.");
        }
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(out)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "Cannot write --out " + out
                            + ": its folder must be there and writable, and it must not be a folder.");
        }
    }

    /** What was asked for, each with a line on the console and its tensors in the result. */
    private final class Questions {
        private final GivenProblem problem;
        private final LossPoint point;
        private final View out;
        private final Optional<View> along;
        private final Map<String, HostTensor> result;

        Questions(
                GivenProblem problem,
                LossPoint point,
                Arena arena,
                Optional<HostTensor> along,
                Map<String, HostTensor> result) {
            this.problem = problem;
            this.point = point;
            this.result = result;
            out = arena.openArena("result")
                    .allocate(problem.dtype(), Shape.of(1, problem.parameters()))
                    .view();
            this.along = along.map(v -> arena.openArena("vector").upload(v).view());
        }

        void answer(String word) {
            switch (word) {
                case "loss" -> loss();
                case "outputs" -> outputs();
                case "gradient" -> {
                    point.gradient(out);
                    keep(word);
                }
                case "hvp" -> product(word, point.hessian());
                case "ggn" -> product(word, point.gaussNewton());
                default -> product(word, point.empiricalFisher());
            }
        }

        private void loss() {
            double loss = point.loss()[0];
            result.put("loss", HostTensor.rounded(problem.dtype(), Shape.of(1), new double[] {loss}));
            say("loss", loss);
        }

        private void outputs() {
            HostTensor all = point.outputs();
            HostTensor rows = HostTensor.zeros(all.dtype(), all.shape().tail());
            System.arraycopy(all.array(), 0, rows.array(), 0, rows.length());
            result.put("outputs", rows);
            say("|outputs|", norm(rows));
        }

        private void product(String word, LinearOperator operator) {
            operator.apply(out, along.orElseThrow());
            keep(word);
        }

        private void keep(String word) {
            HostTensor flat = out.download();
            result.putAll(problem.named(word + ".", flat));
            say("|" + word + "|", norm(flat));
        }

        private void say(String what, double value) {
            console.result(String.format(Locale.ROOT, "%-10s %.10g", what, value));
        }
    }

    private static double norm(HostTensor values) {
        double sum = 0;
        for (int i = 0; i < values.length(); i++) {
            sum += values.get(i) * values.get(i);
        }
        return Math.sqrt(sum);
    }
}
