package dev.rectifier.cli;

import dev.rectifier.data.file.DataFileException;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.record.DurableFile;
import dev.rectifier.record.Figure;
import dev.rectifier.record.Suggestion;
import dev.rectifier.record.Verdict;
import dev.rectifier.record.VerdictTable;
import dev.rectifier.report.FigureFiles;
import dev.rectifier.report.PlainTable;
import dev.rectifier.report.VerdictText;
import dev.rectifier.study.bnbias.BiasShares;
import dev.rectifier.study.bnbias.NormLayer;
import dev.rectifier.study.bnbias.VggBn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Counts the negative BatchNorm biases of a network that is read from a file. */
@Command(
        name = "bn-stats",
        mixinStandardHelpOptions = true,
        description = "Shares of negative BatchNorm biases, layer by layer, of a network in a safetensors file.")
final class BnStatsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "A state_dict as safetensors, with PyTorch's names (X.running_mean, X.weight, X.bias).")
    private Path file = Path.of("");

    @Option(
            names = "--as",
            paramLabel = "NETWORK",
            defaultValue = "",
            description =
                    "Judges the paper's claims: vgg11-bn, vgg13-bn, vgg16-bn or vgg19-bn, pre-trained on ImageNet.")
    private String network = "";

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Writes the shares and the histograms there, as SVG and PNG.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--json", description = "Prints counts and shares as JSON.")
    private boolean json;

    BnStatsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Optional<VggBn> known = network.isEmpty() ? Optional.empty() : Optional.of(known());
        BiasShares shares = read();
        out.ifPresent(this::requireFolder);
        Optional<VerdictTable> verdicts = known.map(vgg -> judged(vgg, shares));
        if (json) {
            console.json(object(shares, verdicts));
        } else {
            console.result(PlainTable.of(shares.table()));
            verdicts.ifPresent(table -> console.result(VerdictText.of(table)));
        }
        out.ifPresent(folder -> draw(shares, known, folder));
        return verdicts.map(VerdictTable::allPass).orElse(true) ? ExitCode.GOOD.code() : ExitCode.CHECK_FAILED.code();
    }

    private VerdictTable judged(VggBn vgg, BiasShares shares) {
        try {
            return new VerdictTable("BatchNorm biases of " + vgg.word() + " (luck-matters)", vgg.judge(shares));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, file + ": " + e.getMessage(), e);
        }
    }

    private VggBn known() {
        return Arrays.stream(VggBn.values())
                .filter(vgg -> vgg.word().equals(network))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "--as knows " + String.join(", ", words()) + ", not '" + network + "'."
                                + Suggestion.didYouMean(network, words())));
    }

    private static List<String> words() {
        return Arrays.stream(VggBn.values()).map(VggBn::word).toList();
    }

    private BiasShares read() {
        try {
            Set<String> needed = NormLayer.needed(SafeTensors.shapes(file));
            return new BiasShares(
                    NormLayer.of(SafeTensors.read(file, needed::contains).tensors()));
        } catch (DataFileException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> object(BiasShares shares, Optional<VerdictTable> verdicts) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("at_most_zero", shares.atMostZero());
        all.put("channels", shares.channels());
        all.put("share", shares.share());
        all.put("layers", shares.layers().stream().map(BnStatsCommand::object).toList());
        verdicts.ifPresent(table -> all.put(
                "verdicts",
                table.verdicts().stream().map(BnStatsCommand::object).toList()));
        return all;
    }

    private static Map<String, Object> object(Verdict verdict) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("claim", verdict.claim().id());
        one.put("paper", verdict.claim().paper());
        one.put("ours", verdict.ours().value());
        one.put("band", verdict.claim().band().text());
        one.put("pass", verdict.pass());
        return one;
    }

    private static Map<String, Object> object(NormLayer layer) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", layer.name());
        one.put("at_most_zero", layer.atMostZero());
        one.put("channels", layer.channels());
        one.put("share", layer.share());
        one.put("active_probability", layer.activeProbability());
        return one;
    }

    /** Before anything is printed. */
    private void requireFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".rectifier", ".tmp"));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "Cannot write pictures to " + folder + " (" + e + "). Give --out a folder that you may write to.",
                    e);
        }
    }

    private void draw(BiasShares shares, Optional<VggBn> known, Path folder) {
        String provenance = String.valueOf(file.getFileName());
        List<Double> paper = known.map(VggBn::paperShares).orElse(List.of());
        for (Figure figure : List.of(shares.sharesFigure(paper, "paper", provenance), shares.histograms(provenance))) {
            Path picture = folder.resolve(figure.text().id() + ".png");
            DurableFile.write(picture, FigureFiles.png(figure));
            DurableFile.write(folder.resolve(figure.text().id() + ".svg"), FigureFiles.svg(figure));
            if (!json) {
                console.result("Picture: " + picture + "   " + figure.text().title());
            }
        }
    }
}
