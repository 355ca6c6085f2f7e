package dev.rectifier.cli;

import dev.rectifier.cli.network.ArrayFile;
import dev.rectifier.cli.network.GivenProblem;
import dev.rectifier.curvature.Pieces;
import dev.rectifier.engine.LossKind;
import dev.rectifier.tensor.DType;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that name a network of the user's own and what it is judged on. */
final class GivenNetwork {
    @Option(
            names = "--network",
            required = true,
            paramLabel = "FILE",
            description = "The layers, as YAML: input: [784], layers: [dense: {units: 10}, relu, ...].")
    private Path network = Path.of("");

    @Option(
            names = "--params",
            required = true,
            paramLabel = "FILE",
            description = "Its parameters: the state_dict of a PyTorch nn.Sequential, as safetensors.")
    private Path params = Path.of("");

    @Option(
            names = "--inputs",
            required = true,
            paramLabel = "FILE",
            description = "Examples [N, ...]: .npy, or .npz:NAME.")
    private String inputs = "";

    @Option(
            names = "--targets",
            required = true,
            paramLabel = "FILE",
            description = "What should come out: values [N, K], or classes [N] for cross-entropy.")
    private String targets = "";

    @Option(
            names = "--loss",
            required = true,
            paramLabel = "LOSS",
            converter = LossWord.class,
            description = "${COMPLETION-CANDIDATES}: means as PyTorch takes them, over all elements (cross-entropy:"
                    + " over examples).",
            completionCandidates = LossWord.class)
    private LossKind loss = LossKind.SQUARED;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "f64",
            converter = TypeWord.class,
            completionCandidates = TypeWord.class,
            description = "What to compute in: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private DType dtype = DType.F64;

    @Option(
            names = "--piece",
            paramLabel = "N",
            defaultValue = "0",
            description = "Examples taken at a time, where not all fit the memory (default: all).")
    private long piece;

    GivenProblem read() {
        GivenProblem.Files files = new GivenProblem.Files(network, params, ArrayFile.of(inputs), ArrayFile.of(targets));
        return GivenProblem.read(files, loss, dtype);
    }

    /** What was named, as it was. */
    Map<String, String> files() {
        return Map.of("network", network.toString(), "params", params.toString(), "inputs", inputs, "targets", targets);
    }

    /** How the examples are gone through. */
    Pieces pieces() {
        if (piece < 0) {
            throw new CommandFailure(ExitCode.USAGE, "--piece must be at least 1, not " + piece + ".");
        }
        return piece == 0 ? Pieces.WHOLE : Pieces.streamed(piece);
    }
}
