package dev.rectifier.study.luckmatters;

import dev.rectifier.study.Study;
import java.util.List;

/**
 * The smallest meaningful edition of luck-matters: 64 students of 10 inputs and 10 hidden nodes at once, each with a teacher
 * of 5 hidden nodes of its own; the lucky half starts near a teacher node. The same at every scale.
 */
public final class Demo {
    /** Its id. */
    public static final String ID = "demo";

    private Demo() {}

    /** The study. */
    public static Study study() {
        return new PartedStudy(
                ID,
                "Luck Matters in half a minute: 64 students at once",
                scale -> LuckMattersClaims.demo(),
                List.of(new TwoLayerPart(ID, new TwoLayerPlans.Smallest())));
    }
}
