package dev.rectifier.engine.cuda;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of cuDNN's convolutions may be used for one element type, and what stands against the rest.
 *
 * @param used what passed its check
 * @param faults why the others are not used, a line each
 */
record CuDnnVerdict(Set<CuDnnConvolutions.Kind> used, List<String> faults) {
    CuDnnVerdict {
        used = Set.copyOf(used);
        faults = List.copyOf(faults);
    }

    /** What may be used, in a few words. */
    String words() {
        return used.isEmpty()
                ? "no convolution"
                : used.stream()
                        .sorted()
                        .map(CuDnnConvolutions.Kind::words)
                        .collect(Collectors.joining(" + ", "convolutions: ", ""));
    }
}
