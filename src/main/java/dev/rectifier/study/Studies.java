package dev.rectifier.study;

import dev.rectifier.study.bnbias.BnBias;
import dev.rectifier.study.luckmatters.Demo;
import dev.rectifier.study.luckmatters.LuckMatters;
import java.util.List;

/** All studies there are. */
public final class Studies {
    private Studies() {}

    /** In the order they are listed. */
    public static List<Study> all() {
        return List.of(LuckMatters.study(), BnBias.study(), Demo.study());
    }

    /**
     * The study of that id.
     *
     * @throws IllegalArgumentException naming those that exist
     */
    public static Study named(String id) {
        return all().stream()
                .filter(study -> study.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no study '" + id + "'; known are "
                        + String.join(", ", all().stream().map(Study::id).toList()) + "."));
    }
}
