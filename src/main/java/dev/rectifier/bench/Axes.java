package dev.rectifier.bench;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Extents by axis letter, in the order R N D W K P; an axis that a case does not have is absent.
 *
 * @param extents letter to extent
 */
public record Axes(Map<String, Long> extents) {
    private static final String ORDER = "RNDWKP";

    public Axes {
        SortedMap<String, Long> sorted = new TreeMap<>(Comparator.comparingInt(ORDER::indexOf));
        sorted.putAll(extents);
        extents = Collections.unmodifiableSortedMap(sorted);
    }

    /** The extent of an axis; 1 where it is absent. */
    public long of(String axis) {
        return extents.getOrDefault(axis, 1L);
    }

    /** {@code R=32 N=64}. */
    @Override
    public String toString() {
        return extents.entrySet().stream()
                .map(axis -> axis.getKey() + "=" + axis.getValue())
                .collect(Collectors.joining(" "));
    }
}
