package dev.rectifier.study.bnbias;

import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * What is decided about networks trained here, in place of the paper's pre-trained ones: written before the first run and never
 * widened. The band of the upper layers is that of the reproduction table for such a substitute; «majority» is one that fair
 * coins would not give. The smoke scale trains for 40 steps, which shows in the topmost layer alone: that layer was chosen after
 * a trial at that scale.
 */
final class BnBiasClaims {
    private static final double UPPER = 0.7;
    private static final double HALF = 0.5;
    private static final double DEVIATIONS = 4; // of fair coins: one run of 30,000 lies outside

    private BnBiasClaims() {}

    static List<Claim> at(Scale scale) {
        List<Claim> claims = new ArrayList<>();
        for (RunSpec run : BnBiasPlans.judged(scale)) {
            claims.addAll(scale == Scale.SMOKE ? List.of(top(run)) : List.of(majority(run), upper(run), deeper(run)));
        }
        claims.add(control(BnBiasPlans.named(scale, BnBiasPlans.CONTROL)));
        return List.copyOf(claims);
    }

    /** {@code LM-3.vgg11.upper}. */
    static String id(RunSpec run, String statistic) {
        return "LM-3." + run.name() + "." + statistic;
    }

    private static Claim majority(RunSpec run) {
        return new Claim(
                id(run, "majority"),
                "Most BatchNorm biases of " + run.name() + " are negative, more than chance gives",
                "share of biases at most 0",
                "0.929 (VGG19, ImageNet)",
                Band.atLeast(HALF + chance(run)));
    }

    private static Claim upper(RunSpec run) {
        return new Claim(
                id(run, "upper"),
                "In the last third of the BatchNorm layers of " + run.name() + " they are the rule",
                "share of biases at most 0 there",
                "0.989 (VGG19, ImageNet)",
                Band.atLeast(UPPER));
    }

    private static Claim top(RunSpec run) {
        return new Claim(
                id(run, "top"),
                "In the last BatchNorm layer of " + run.name() + " they are the rule",
                "share of biases at most 0 there",
                "1 (VGG19, ImageNet)",
                Band.atLeast(UPPER));
    }

    private static Claim deeper(RunSpec run) {
        return new Claim(
                id(run, "deeper"),
                "The share of negative biases of " + run.name() + " grows with depth",
                "Spearman's correlation of share and layer",
                "more so in upper layers",
                Band.atLeast(Double.MIN_NORMAL));
    }

    private static Claim control(RunSpec run) {
        return new Claim(
                id(run, "control"),
                "Control: without ReLU the signs of the biases are fair coins",
                "share of biases at most 0",
                "exact: 0.5",
                Band.between(HALF - chance(run), HALF + chance(run)));
    }

    /** Four standard deviations of the mean of as many fair coins as all replicas have channels. */
    private static double chance(RunSpec run) {
        long channels = VggNets.channels(VggNets.of(run.settings()));
        return DEVIATIONS * HALF / Math.sqrt((double) channels * run.settings().whole("replicas"));
    }
}
