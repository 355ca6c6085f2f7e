package dev.rectifier.record;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what a mistyped word may have meant. */
public final class Suggestion {
    private Suggestion() {}

    static String unknown(String path, Collection<String> known) {
        String guess = didYouMean(path, known);
        return "'" + path + "' is not a setting here."
                + (guess.isEmpty() ? " Known are: " + String.join(", ", known) + "." : guess);
    }

    /** {@code " Did you mean 'x'?"}, or nothing if no candidate is near. */
    public static String didYouMean(String word, Collection<String> candidates) {
        return nearest(word, candidates)
                .map(near -> " Did you mean '" + near + "'?")
                .orElse("");
    }

    // A third of the letters may differ; a bare last name (lr) finds its full path (train.lr).
    private static Optional<String> nearest(String word, Collection<String> candidates) {
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(1, Math.min(word.length(), 12) / 3))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    private static int distance(String word, String candidate) {
        String tail = candidate.substring(candidate.lastIndexOf('.') + 1);
        return word.contains(".") ? edits(word, candidate) : Math.min(edits(word, candidate), edits(word, tail));
    }

    /** Least number of insertions, deletions, replacements and swaps of neighbours. */
    static int edits(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : least(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int least(int[][] cost, String a, String b, int i, int j) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
