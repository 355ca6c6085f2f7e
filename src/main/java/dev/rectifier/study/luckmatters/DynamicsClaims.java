package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Band;
import dev.rectifier.record.Claim;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * Claims on the overlap of teacher nodes (LM-2), the matrix dynamics of the paper (LM-4m, LM-5) and the block norms of
 * E[H] and E[H*] in deep nets (LM-6): written before the first run and never widened. Bands are those of the reproduction
 * table where it has them; the others, named in the methods' comments, are ours.
 */
final class DynamicsClaims {
    private DynamicsClaims() {}

    /** All claims of a scale. */
    static List<Claim> at(Scale scale) {
        List<Claim> claims = new ArrayList<>(overlap());
        claims.addAll(separated(scale));
        claims.addAll(threeLayers(scale));
        claims.addAll(blocks(scale));
        return List.copyOf(claims);
    }

    /** LM-2 (d). */
    private static List<Claim> overlap() {
        List<Claim> claims = new ArrayList<>();
        claims.add(new Claim(
                "LM-2.overlap",
                "Teacher nodes with orthogonal weights and equal biases overlap by Phi(bias / deviation)",
                "largest distance in standard errors",
                "exact: 0.5, 0.31, 0.16",
                Band.atMost(4)));
        for (int percent : List.of(50, 31, 16)) {
            claims.add(new Claim(
                    "LM-2.overlap-" + percent,
                    "Closer starts converge faster among teacher nodes that overlap by 0." + percent,
                    "adjacent starts out of order, medians of times to rho > 0.99",
                    "0",
                    Band.atMost(0)));
        }
        return claims;
    }

    /** LM-4 by matrix dynamics. No figures are known for teachers with a bias: their band is that of the main runs. */
    private static List<Claim> separated(Scale scale) {
        return switch (scale) {
            case SMOKE -> List.of(start(2, 0.35), ratio(2, 0.35), found(2, 0.9));
            case SMALL -> {
                List<Claim> claims = new ArrayList<>(width(2, 0.35, 0.12));
                claims.addAll(width(5, 0.35, 0.12));
                claims.addAll(variants(0.12));
                yield claims;
            }
            case FULL -> {
                List<Claim> claims = new ArrayList<>(width(2, 0.35, 0.08));
                claims.addAll(width(5, 0.35, 0.05));
                claims.addAll(width(10, 0.25, 0.03));
                List.of(2, 5, 10).forEach(multiple -> claims.add(unseeded(multiple)));
                claims.addAll(variants(0.08));
                yield claims;
            }
        };
    }

    private static List<Claim> width(int multiple, double startRatio, double endRatio) {
        return List.of(start(multiple, startRatio), ratio(multiple, endRatio), found(multiple, 0.995), order(multiple));
    }

    private static Claim start(int multiple, double band) {
        return new Claim(
                "LM-4m.x" + multiple + ".start",
                "Matrix dynamics: seeded nodes start without a great lead in fan-out",
                "unlucky / lucky fan-out norm at the start, p = (1, 1)",
                LuckMattersClaims.startNorms(multiple),
                Band.atLeast(band));
    }

    private static Claim ratio(int multiple, double band) {
        return new Claim(
                "LM-4m.x" + multiple + ".ratio",
                "Matrix dynamics: fan-outs of unlucky nodes go to zero",
                "unlucky / lucky fan-out norm at the end, p = (1, 1)",
                multiple == 2 ? "0.05 / 1.21" : multiple == 5 ? "0.02 / 1.21" : "0.01 / 1.20",
                Band.atMost(band));
    }

    private static Claim found(int multiple, double band) {
        return new Claim(
                "LM-4m.x" + multiple + ".rho",
                "Matrix dynamics: every teacher node is found by a student node",
                "mean best correlation at the end, p = (1, 1)",
                "calibration: 1.000",
                Band.atLeast(band));
    }

    private static Claim order(int multiple) {
        return new Claim(
                "LM-4m.x" + multiple + ".order",
                "Matrix dynamics: more luck, cleaner split: ratio at (1, 1) < (1, 0.3) < (1, 0)",
                "adjacent cells out of order at the end",
                "0",
                Band.atMost(0));
    }

    private static Claim unseeded(int multiple) {
        return new Claim(
                "LM-4m.x" + multiple + ".unseeded",
                "Matrix dynamics: luck in the first layer alone leaves a milder split by index",
                "unlucky / lucky fan-out norm at the end, p = (1, 0)",
                LuckMattersClaims.unseededNorms(multiple),
                Band.between(0.3, 0.75));
    }

    /** The run of the authors' README, and teachers whose nodes have a threshold. */
    private static List<Claim> variants(double ratio) {
        return List.of(
                new Claim(
                        "LM-4m.readme.unlucky",
                        "The run of the README: unlucky nodes of nearly exact copies are silenced",
                        "mean fan-out norm of unlucky nodes at the end",
                        "6e-5 to 2.4e-4, two of 20 at 1.5e-3",
                        Band.atMost(1e-3)),
                new Claim(
                        "LM-4m.readme.lucky",
                        "The run of the README: lucky nodes carry the teacher's whole fan-out",
                        "mean fan-out norm of lucky nodes at the end",
                        "1.07 to 1.46; sqrt(30 / 20) = 1.225",
                        Band.between(1.21, 1.23)),
                new Claim(
                        "LM-4m.bias.ratio",
                        "Teacher bias -0.1: fan-outs of unlucky nodes go to zero as well",
                        "unlucky / lucky fan-out norm at the end, p = (1, 1)",
                        "-",
                        Band.atMost(ratio)));
    }

    /** LM-5. The order, and the claims of SMOKE, are ours. */
    private static List<Claim> threeLayers(Scale scale) {
        return switch (scale) {
            case SMOKE ->
                List.of(new Claim(
                        "LM-5.x2.fall",
                        "Three layers: fan-outs of unlucky nodes of the second layer begin to fall",
                        "unlucky / lucky fan-out norm at the end over that at the start, p = (1, 1, 1)",
                        "0.53 after 20,000 steps",
                        Band.atMost(1)));
            case SMALL -> List.of(deepRatio(2, 0.5), deepUnseeded(2), deepOrder(2));
            case FULL -> {
                List<Claim> claims = new ArrayList<>(List.of(deepRatio(2, 0.45), deepRatio(5, 0.25)));
                claims.add(deepRatio(10, 0.2));
                claims.add(deepUnseeded(2));
                List.of(2, 5, 10).forEach(multiple -> claims.add(deepOrder(multiple)));
                yield claims;
            }
        };
    }

    private static Claim deepRatio(int multiple, double band) {
        return new Claim(
                "LM-5.x" + multiple + ".ratio",
                "Three layers: fan-outs of unlucky nodes of the second layer shrink",
                "unlucky / lucky fan-out norm at the end, p = (1, 1, 1)",
                multiple == 2 ? "0.30 / 0.98" : multiple == 5 ? "0.15 / 1.00" : "0.10 / 0.97",
                Band.atMost(band));
    }

    private static Claim deepUnseeded(int multiple) {
        return new Claim(
                "LM-5.x" + multiple + ".unseeded",
                "Three layers: luck in the first layer alone does not split the second",
                "unlucky / lucky fan-out norm at the end, p = (1, 0, 0)",
                "no visible split",
                Band.atLeast(0.8));
    }

    private static Claim deepOrder(int multiple) {
        return new Claim(
                "LM-5.x" + multiple + ".order",
                "Three layers: more luck, cleaner split: ratio at (1, 1, 1) < (1, 1, 0) < (1, 0, 0)",
                "adjacent cells out of order at the end",
                "0",
                Band.atMost(0));
    }

    /** LM-6. Bands of FULL are the table's (40 epochs); SMALL trains 10 epochs and has weaker ones of ours. */
    private static List<Claim> blocks(Scale scale) {
        double low = scale == Scale.FULL ? 2 : scale == Scale.SMALL ? 1.5 : 1;
        List<Claim> claims = new ArrayList<>();
        claims.add(new Claim(
                "LM-6.blocks",
                "E[H*] concentrates on the winners: |H*_ur| / |H*_uu| falls in layers 0 to 2",
                "least factor of the three layers, start over end",
                "3.3, 3.9, 2.5",
                Band.atLeast(low)));
        if (scale != Scale.SMOKE) {
            claims.add(new Claim(
                    "LM-6.blocks-top",
                    "It falls in layer 3 too",
                    "factor in layer 3, start over end",
                    "1.5",
                    Band.atLeast(scale == Scale.FULL ? 1.2 : 1.1)));
            claims.add(new Claim(
                    "LM-6.blocks-control",
                    "Control: it does not fall like that for as many nodes drawn at random",
                    "largest factor of layers 0 to 2, median of 101 draws",
                    "-",
                    Band.atMost(low)));
            claims.add(new Claim(
                    "LM-6.diagonal",
                    "On the winners E[H*] becomes diagonal; E[beta*] less so",
                    "layers where the diagonal's lead is not greatest in E[H*] at the end",
                    "0 (heat maps)",
                    Band.atMost(0)));
        }
        return claims;
    }
}
