package dev.rectifier.study.luckmatters;

import dev.rectifier.study.Study;
import dev.rectifier.study.images.DataHome;
import java.util.List;

/**
 * Luck Matters: random teachers on Gaussian input, and teachers trained on images. Parts LM-1 (gradient relation), LM-2 (closed forms and lucky rate), LM-4
 * (two-layer over-parameterisation), LM-6a (deep networks), LM-7 (widths), LM-8 (data and teachers), LM-10 and LM-11 (images)
 * and LM-12 (ablations); LM-3 is the study bn-bias.
 */
public final class LuckMatters {
    /** Its id. */
    public static final String ID = "luck-matters";

    private LuckMatters() {}

    /** The study. */
    public static Study study() {
        return study(DataHome.ofUser());
    }

    /** The study with images from there. */
    static Study study(DataHome data) {
        return new PartedStudy(
                ID,
                "Luck Matters: random teachers on Gaussian input, trained ones on images",
                LuckMattersClaims::at,
                List.of(
                        new RelationPart(ID),
                        new FormsPart(ID),
                        new LuckyRatePart(ID),
                        new FanOutDecayPart(ID),
                        new OverlapPart(ID),
                        new TwoLayerPart(ID, new TwoLayerPlans.Paper()),
                        new SeparatedPart(ID),
                        new LinearPart(ID),
                        new DeepPart(ID),
                        new BlocksPart(),
                        new LargeNetPart(ID),
                        new AblationPart(ID),
                        new ImagePart(ID, data)));
    }
}
