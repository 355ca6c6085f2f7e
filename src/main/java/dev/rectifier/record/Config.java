package dev.rectifier.record;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Checked settings and where each came from.
 *
 * @param settings all settings, completed by the defaults
 * @param origins path to {@code default}, {@code override} or {@code file:line:column}
 * @param head the values of run, study, name and scale that the file stated, if any
 */
public record Config(Settings settings, Map<String, String> origins, Map<String, String> head) {
    public Config {
        origins = sorted(origins);
        head = sorted(head);
    }

    private static SortedMap<String, String> sorted(Map<String, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
