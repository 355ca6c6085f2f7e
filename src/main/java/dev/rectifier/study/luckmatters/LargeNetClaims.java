package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * LM-8 without BatchNorm, written before the first run. The paper's figures are with BatchNorm; its page asks for directions
 * only. The loss says that what is compared has learnt: a calibration fell to 0.037 in 5 epochs, the band leaves a factor 2.7.
 */
final class LargeNetClaims {
    private LargeNetClaims() {}

    static List<Claim> at(Scale scale) {
        List<Claim> claims = new ArrayList<>();
        claims.add(new Claim(
                "LM-8.loss",
                "Large students learn their teachers",
                "loss at the end / at the start, redrawn inputs",
                "calibration: 0.037 after 5 epochs",
                Band.atMost(scale == Scale.SMOKE ? 0.2 : 0.1)));
        claims.add(bottom(
                "LM-8.redrawn",
                "Inputs drawn anew align the bottom layer at least as well as one set",
                "redrawn less finite",
                "not below 0"));
        if (scale != Scale.SMOKE) {
            claims.add(bottom(
                    "LM-8.separated",
                    "Separated teachers align the bottom layer at least as well as others",
                    "separated less not, redrawn",
                    "0.04 (BatchNorm, 100 against 40 epochs)"));
        }
        if (scale == Scale.FULL) {
            claims.add(bottom(
                    "LM-8.redrawn-unseparated",
                    "The same for teachers that are not separated",
                    "redrawn less finite, teachers not separated",
                    "0.045 (BatchNorm)"));
        }
        return List.copyOf(claims);
    }

    private static Claim bottom(String id, String statement, String difference, String paper) {
        return new Claim(id, statement, "correlation in layer 0, " + difference, paper, Band.atLeast(0));
    }
}
