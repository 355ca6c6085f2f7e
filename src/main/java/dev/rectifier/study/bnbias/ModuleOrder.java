package dev.rectifier.study.bnbias;

import java.util.Comparator;

/** Orders the paths of modules part by part: numbers by value and before words, words by letters. */
enum ModuleOrder implements Comparator<String> {
    INSTANCE;

    private static final int MOST_DIGITS = 9;

    @Override
    public int compare(String a, String b) {
        String[] left = a.split("\\.", -1);
        String[] right = b.split("\\.", -1);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = part(left[i], right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    private static int part(String a, String b) {
        if (isNumber(a) && isNumber(b)) {
            return Integer.compare(Integer.parseInt(a), Integer.parseInt(b));
        }
        return isNumber(a) == isNumber(b) ? a.compareTo(b) : (isNumber(a) ? -1 : 1);
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && part.length() <= MOST_DIGITS && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
