package dev.rectifier.study.bnbias;

import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The VGG networks with BatchNorm of the paper, pre-trained on ImageNet: their channels, and what the paper says about the signs
 * of their biases. Only VGG19's counts are known layer by layer; of the others the paper says that most biases are negative.
 */
public enum VggBn {
    VGG11_BN(64, 128, 256, 256, 512, 512, 512, 512),
    VGG13_BN(64, 64, 128, 128, 256, 256, 512, 512, 512, 512),
    VGG16_BN(64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512),
    VGG19_BN(64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512, 512, 512, 512);

    /** Biases at most 0 in VGG19-BN, layer by layer, and how far another revision of its weights may be from their sum. */
    private static final List<Integer> COUNTS =
            List.of(52, 35, 92, 83, 193, 195, 198, 229, 502, 497, 494, 508, 508, 509, 508, 512);

    private static final int REVISIONS = 5;
    private static final double MOST = 0.85;
    private static final double NEARLY_ALL = 0.95;
    private static final int UPPER = 8;

    @SuppressWarnings("ImmutableEnumChecker") // List.of never changes
    private final List<Integer> channels;

    VggBn(Integer... channels) {
        this.channels = List.of(channels);
    }

    /** {@code vgg19-bn}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Channels of its BatchNorm layers. */
    public List<Integer> channels() {
        return channels;
    }

    /** The paper's share of biases at most 0 per layer; empty where the paper gives none. */
    public List<Double> paperShares() {
        List<Double> shares = new ArrayList<>();
        for (int l = 0; this == VGG19_BN && l < COUNTS.size(); l++) {
            shares.add((double) COUNTS.get(l) / channels.get(l));
        }
        return shares;
    }

    /**
     * The paper's claims about this network, judged on its pre-trained weights.
     *
     * @throws IllegalArgumentException if the layers are another network's
     */
    public List<Verdict> judge(BiasShares shares) {
        List<Integer> found = shares.layers().stream().map(NormLayer::channels).toList();
        if (!found.equals(channels)) {
            throw new IllegalArgumentException("These are not the weights of " + word() + ": its BatchNorm layers have "
                    + channels + " channels, these have " + found + ".");
        }
        List<Verdict> verdicts = new ArrayList<>();
        String sample = shares.channels() + " biases of " + word();
        verdicts.add(new Claim(
                        "LM-3-majority",
                        "Most BatchNorm biases of pre-trained VGG networks are negative",
                        "share of biases at most 0",
                        this == VGG19_BN ? "0.929" : "majority",
                        Band.atLeast(MOST))
                .judge(Estimate.exact(shares.share(), sample)));
        if (this == VGG19_BN) {
            verdicts.addAll(counts(shares, sample));
        }
        return verdicts;
    }

    private static List<Verdict> counts(BiasShares shares, String sample) {
        int paper = COUNTS.stream().mapToInt(Integer::intValue).sum();
        Claim count = new Claim(
                "LM-3-count",
                "In VGG19-BN 5115 of 5504 biases are at most 0",
                "biases at most 0",
                Integer.toString(paper),
                Band.between(paper - REVISIONS, paper + REVISIONS));
        Claim upper = new Claim(
                "LM-3-upper",
                "More so in upper layers: in the last eight nearly all are negative",
                "least share in the last 8 layers",
                "0.965",
                Band.atLeast(NEARLY_ALL));
        double least = shares
                .layers()
                .subList(shares.layers().size() - UPPER, shares.layers().size())
                .stream()
                .mapToDouble(NormLayer::share)
                .min()
                .orElse(Double.NaN);
        return List.of(
                count.judge(Estimate.exact(shares.atMostZero(), sample)), upper.judge(Estimate.exact(least, sample)));
    }
}
