package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * LM-12 in deep nets, written before the first run. Where the paper's page has a calibration (one teacher, students 10 times as
 * wide, 10 epochs), the band is half of it; where the page says only what is better, the band is the direction. The full scale
 * adds sign tests: 12 of 16 teachers have a one-sided chance of 0.038. Biases, rates and overlap are measured without a claim.
 */
final class AblationClaims {
    private AblationClaims() {}

    static List<Claim> at(Scale scale) {
        return switch (scale) {
            case SMOKE -> calibrated(0.1, 0.09);
            case SMALL -> {
                List<Claim> claims = new ArrayList<>(calibrated(0.2, 0.18));
                claims.addAll(directions());
                yield List.copyOf(claims);
            }
            case FULL -> {
                List<Claim> claims = new ArrayList<>(calibrated(0.2, 0.18));
                claims.addAll(directions());
                claims.addAll(signs());
                yield List.copyOf(claims);
            }
        };
    }

    private static List<Claim> calibrated(double scale, double examples) {
        return List.of(
                new Claim(
                        "LM-12.scale",
                        "Inputs must be spread enough to reach the corners: deviation 10 against 1",
                        "correlation in layer 0, s = 10 less s = 1",
                        "calibration: 0.40",
                        Band.atLeast(scale)),
                new Claim(
                        "LM-12.examples",
                        "Epochs of 1,000 examples teach less than as many of 100,000",
                        "correlation in layer 0, N = 100,000 less N = 1,000",
                        "calibration: 0.37",
                        Band.atLeast(examples)));
    }

    private static List<Claim> directions() {
        return List.of(
                new Claim(
                        "LM-12.examples-order",
                        "More examples are better after as many steps: 1,000, 10,000, 100,000",
                        "adjacent set sizes out of order in layer 0",
                        "0",
                        Band.atMost(0)),
                new Claim(
                        "LM-12.no-sep",
                        "Separated teachers are found better than others",
                        "mean correlation of layers 1 to 3, separated less not",
                        "calibration: 0.12",
                        Band.atLeast(0.06)),
                better(
                        "LM-12.entropy",
                        "Cross-entropy on the teacher's largest output is slower",
                        "squared loss less cross-entropy",
                        "slower"),
                better(
                        "LM-12.unit-rows",
                        "Rows divided by their norm after each step are slightly worse",
                        "free rows less unit rows",
                        "slightly worse"),
                better(
                        "LM-12.same-sign",
                        "Students as wide as the teacher find more when they start with its signs",
                        "same signs less default, 1x",
                        "better"));
    }

    private static Claim better(String id, String statement, String difference, String paper) {
        return new Claim(id, statement, "mean correlation of all layers, " + difference, paper, Band.atLeast(0));
    }

    private static List<Claim> signs() {
        return AblationPart.comparisons(Scale.FULL).stream()
                .map(comparison -> new Claim(
                        comparison.id() + ".sign",
                        "Teacher by teacher: " + comparison.id(),
                        "teachers of 16 with a positive difference",
                        "sign test",
                        Band.atLeast(12)))
                .toList();
    }
}
