package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * LM-10 and LM-11 on images; the bands of {@code small} and {@code full} were written before the first run and never changed. Those of {@code full} are those of the
 * reproduction table, which for {@code small} asks only that correlations rise in every layer; its other bands are ours and say
 * better than chance. The paper resets no weights: LM-11 is an extension, its band is the table's. The smoke scale trains for 12
 * steps, after which nodes are not aligned yet: since a trial at that scale it asks for a loss that falls.
 */
final class ImageClaims {
    private static final Band ABOVE_ZERO = Band.atLeast(Double.MIN_NORMAL);

    private ImageClaims() {}

    static List<Claim> at(Scale scale) {
        List<Claim> claims = new ArrayList<>();
        if (scale == Scale.FULL) {
            claims.addAll(full());
        }
        if (scale == Scale.SMOKE) {
            claims.add(loss());
        } else {
            claims.addAll(rise());
            claims.add(norm());
            claims.add(rank(scale));
            claims.add(reset());
        }
        claims.add(new Claim(
                "LM-11.size",
                "Control: parts of students that are compared have as many nodes",
                "largest difference in nodes, all runs that reset",
                "exact",
                Band.atMost(0)));
        return List.copyOf(claims);
    }

    private static List<Claim> full() {
        return List.of(
                new Claim(
                        "LM-10.accuracy",
                        "Students of CIFAR-10 teachers read the images",
                        "accuracy on true labels",
                        "about 0.86",
                        Band.atLeast(0.83)),
                new Claim(
                        "LM-10.bottom",
                        "The bottom layer aligns with the teacher",
                        "mean best correlation in layer 0",
                        "0.80",
                        Band.atLeast(0.75)),
                new Claim(
                        "LM-10.order",
                        "Lower layers align better",
                        "least of rho_0 - rho_1 and rho_1 - max(rho_2, rho_3) + 0.05",
                        "0.085",
                        Band.atLeast(0)),
                new Claim(
                        "LM-10.depth",
                        "Early ranks worsen with depth",
                        "adjacent layers out of order before training",
                        "0 (3, 18, 36, 40 %)",
                        Band.atMost(0)));
    }

    private static List<Claim> rise() {
        return List.of(
                new Claim(
                        "LM-10.rise",
                        "Nodes align with the teacher's in every layer",
                        "least gain of a layer's mean best correlation",
                        "0.07, 0.24, 0.28, 0.45 (100 epochs)",
                        ABOVE_ZERO),
                new Claim(
                        "LM-10.still",
                        "Control: they do not where students are not trained",
                        "least over layers of the gain, less that at rate 0",
                        "above 0",
                        ABOVE_ZERO));
    }

    private static Claim loss() {
        return new Claim(
                "LM-10.loss",
                "Students learn their teachers",
                "loss on test images at the end / at the start",
                "36 to 1.1 (100 epochs)",
                Band.atMost(0.9));
    }

    private static Claim norm() {
        return new Claim(
                "LM-10.norm",
                "Without BatchNorm students diverge or align less",
                "mean best correlation of all layers, with less without; of students that diverged that of their start",
                "0.45 (Gaussian inputs)",
                ABOVE_ZERO);
    }

    private static Claim rank(Scale scale) {
        return new Claim(
                "LM-10.rank1",
                "Final winners are known early",
                "largest mean rank of a layer after one epoch, % (chance 50)",
                "2, 4, 7, 5",
                Band.atMost(scale == Scale.FULL ? 12 : 40));
    }

    private static Claim reset() {
        return new Claim(
                "LM-11.reset",
                "Winners that are reset to epoch 1 learn no worse than random nodes that are",
                "share of teachers whose winners' final loss is at most that of as many random nodes",
                "not in the paper",
                Band.atLeast(0.8));
    }
}
