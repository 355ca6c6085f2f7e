package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Scale;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** LM-6: E[H*] and E[H] before and after training, read from the run that decides LM-6a. */
final class BlocksPart implements Part {
    private static final int TOP = 3;

    @Override
    public List<RunSpec> plan(Scale scale) {
        return List.of();
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        return Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        return Map.of(
                "LM-6.blocks", of(scale, evidence, BlockRun::leastFall),
                "LM-6.blocks-top", of(scale, evidence, run -> run.fall(TOP)),
                "LM-6.blocks-control", of(scale, evidence, BlockRun::largestRandomFall),
                "LM-6.diagonal", of(scale, evidence, BlockRun::notDiagonal));
    }

    private static <T> Supplier<T> of(Scale scale, Evidence evidence, Function<BlockRun, T> read) {
        return () -> read.apply(new BlockRun(evidence.run(DeepPlans.main(scale))));
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        return List.of(of(scale, evidence, BlockRun::ratios), of(scale, evidence, BlockRun::heatMaps));
    }
}
