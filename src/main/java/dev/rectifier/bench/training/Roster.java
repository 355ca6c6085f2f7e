package dev.rectifier.bench.training;

import dev.rectifier.bench.Axes;
import dev.rectifier.bench.Case;
import dev.rectifier.bench.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Cases of one suite, in the order they were added; what is the same once scaled down to a small device stands once. */
final class Roster {
    private final String suite;
    private final List<Case> cases = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    Roster(String suite) {
        this.suite = suite;
    }

    /** Adds an ensemble under a family of its own. */
    void add(String family, Ensemble ensemble) {
        add(family, ensemble, "");
    }

    /** Adds a point of a family that sweeps an axis. */
    void add(String family, Ensemble e, String along) {
        add(family, e, e, along);
    }

    /** Adds a point that is verified in the training of another ensemble. */
    void add(String family, Ensemble e, Ensemble verified, String along) {
        Map<String, Long> extents = new LinkedHashMap<>();
        extents.put("R", (long) e.replicas());
        extents.put("N", (long) e.batch());
        extents.put("P", e.parameters());
        if (along.equals("W")) {
            extents.put("W", (long) e.student().hidden().get(0));
        }
        Subject subject = new Subject(suite, family, new Axes(extents), along, StepWork.of(e));
        if (names.add(subject.id())) {
            cases.add(new TrainingCase(subject, e, verified));
        }
    }

    List<Case> cases() {
        return List.copyOf(cases);
    }
}
