package dev.rectifier.study.luckmatters;

import dev.rectifier.study.Study;
import java.util.List;

/**
 * The smallest meaningful edition of luck-matters: the narrowest students of LM-4, 64 of them at once, 10 inputs and 40 hidden
 * nodes each; 16 teachers of 20 hidden nodes, four degrees of luck. The same at every scale.
 */
public final class Demo {
    /** Its id. */
    public static final String ID = "demo";

    private Demo() {}

    /** The study. */
    public static Study study() {
        return new PartedStudy(
                ID,
                "Luck Matters in a minute: 64 students at once",
                scale -> LuckMattersClaims.demo(),
                List.of(new TwoLayerPart(ID, new TwoLayerPlans.Smallest())));
    }
}
