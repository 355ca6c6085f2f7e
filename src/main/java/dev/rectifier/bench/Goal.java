package dev.rectifier.bench;

import java.util.List;

/**
 * A row of the project's table of goals.
 *
 * @param number of the row
 * @param what is measured, on what
 * @param criteria all of which must be met
 */
public record Goal(int number, String what, List<Criterion> criteria) {
    static Goal of(int number, String what, Criterion... criteria) {
        return new Goal(number, what, List.of(criteria));
    }

    /** Whether the case of that name serves it. */
    public boolean isServedBy(String id) {
        return criteria.stream().anyMatch(criterion -> criterion.covers(id));
    }
}
