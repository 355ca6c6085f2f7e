package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Claim;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Schema;
import dev.rectifier.record.Verdict;
import dev.rectifier.study.Analysis;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Study;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A study made of parts.
 *
 * @param id short name
 * @param title one line
 * @param claimsAt the claims of a scale
 * @param parts in the order their runs are made
 */
record PartedStudy(String id, String title, Function<Scale, List<Claim>> claimsAt, List<Part> parts) implements Study {
    @Override
    public String paper() {
        return "Tian, Jiang, Gong, Morcos: Luck Matters: Understanding Training Dynamics of Deep ReLU Networks, 2019, "
                + "arXiv 1905.13405";
    }

    @Override
    public List<Claim> claims(Scale scale) {
        return claimsAt.apply(scale);
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return parts.stream().flatMap(part -> part.plan(scale).stream()).toList();
    }

    @Override
    public Schema schema(RunSpec planned) {
        return SettingMeanings.schema(planned);
    }

    @Override
    public Experiment experiment(RunSpec spec) {
        return parts.stream()
                .flatMap(part -> part.experiment(spec).stream())
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("The study " + id + " has no run called '" + spec.name() + "'."));
    }

    @Override
    public Analysis analyse(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        List<Figure> figures = new ArrayList<>();
        for (Part part : parts) {
            measured.putAll(part.measurements(scale, evidence));
            part.figures(scale, evidence).forEach(drawn -> Evidence.draw(drawn).ifPresent(figures::add));
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (Claim claim : claims(scale)) {
            Supplier<Estimate> measurement = measured.get(claim.id());
            if (measurement == null) {
                throw new IllegalStateException("No part of " + id + " measures the claim " + claim.id() + ".");
            }
            verdicts.add(Evidence.judge(claim, measurement));
        }
        return new Analysis(verdicts, figures);
    }
}
