package dev.rectifier.study.bnbias;

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
import dev.rectifier.study.images.DataHome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** LM-3: the share of negative BatchNorm biases of networks that are trained here, and of their control without ReLU. */
public final class BnBias implements Study {
    static final String ID = "bn-bias";

    private final DataHome data;

    BnBias(DataHome data) {
        this.data = data;
    }

    /** The study, with images from the user's folder. */
    public static Study study() {
        return new BnBias(DataHome.ofUser());
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String title() {
        return "Signs of BatchNorm biases of VGG networks trained here";
    }

    @Override
    public String paper() {
        return "Tian, Jiang, Gong, Morcos: Luck Matters: Understanding Training Dynamics of Deep ReLU Networks, 2019, "
                + "arXiv 1905.13405";
    }

    @Override
    public List<Claim> claims(Scale scale) {
        return BnBiasClaims.at(scale);
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return BnBiasPlans.plan(scale);
    }

    @Override
    public Schema schema(RunSpec planned) {
        return BnBiasPlans.schema(planned);
    }

    @Override
    public Experiment experiment(RunSpec spec) {
        return new VggTraining(spec.settings(), data);
    }

    @Override
    public Analysis analyse(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        List<Figure> figures = new ArrayList<>();
        for (RunSpec run : BnBiasPlans.judged(scale)) {
            measured.put(BnBiasClaims.id(run, "majority"), of(evidence, run, BiasShares::share));
            measured.put(BnBiasClaims.id(run, "upper"), of(evidence, run, BiasShares::upperShare));
            measured.put(BnBiasClaims.id(run, "top"), of(evidence, run, TrainedBiases::top));
            measured.put(BnBiasClaims.id(run, "deeper"), of(evidence, run, TrainedBiases::depth));
            figures.addAll(new TrainedFigures(run.name(), evidence).all());
        }
        RunSpec control = BnBiasPlans.named(scale, BnBiasPlans.CONTROL);
        measured.put(BnBiasClaims.id(control, "control"), of(evidence, control, BiasShares::share));
        List<Verdict> verdicts = claims(scale).stream()
                .map(claim -> Evidence.judge(
                        claim, Optional.ofNullable(measured.get(claim.id())).orElseThrow()))
                .toList();
        return new Analysis(verdicts, figures);
    }

    private static Supplier<Estimate> of(Evidence evidence, RunSpec run, ToDoubleFunction<BiasShares> number) {
        return () -> new TrainedBiases(evidence.run(run.name()).table()).mean(number);
    }
}
