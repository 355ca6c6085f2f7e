package dev.rectifier.data.file;

import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The Python dictionary at the head of an npy file, read by a parser for just that: three keys, a quoted type, True or
 * False, a tuple of whole numbers. Nothing is evaluated.
 */
final class NpyHeader {
    private static final int MOST_AXES = 32;
    private static final int MOST_DIGITS = 18;

    private final String text;
    private int at;

    /** What a header says. */
    record Described(String descr, boolean fortran, Shape shape) {}

    private NpyHeader(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException whose message completes «the header is wrong: ...» */
    static Described parse(String text) {
        return new NpyHeader(text).dictionary();
    }

    private Described dictionary() {
        String descr = "";
        String fortran = "";
        Shape shape = Shape.of();
        int seen = 0;
        expect('{');
        while (!next('}')) {
            String key = quoted();
            expect(':');
            switch (key) {
                case "descr" -> descr = quoted();
                case "fortran_order" -> fortran = word();
                case "shape" -> shape = tuple();
                default -> throw wrong("the key '" + key + "' is unknown");
            }
            seen |= 1 << "dfs".indexOf(key.charAt(0));
            if (!next(',')) {
                expect('}');
                break;
            }
        }
        if (!text.substring(at).isBlank() || seen != 7) {
            throw wrong("it needs descr, fortran_order and shape, and nothing after them");
        }
        return new Described(descr, fortran.equals("True"), shape);
    }

    private Shape tuple() {
        List<Long> extents = new ArrayList<>();
        expect('(');
        while (!next(')')) {
            extents.add(number());
            if (extents.size() > MOST_AXES) {
                throw wrong("it has more than " + MOST_AXES + " axes");
            }
            if (!next(',')) {
                expect(')');
                break;
            }
        }
        return Shape.of(extents.stream().mapToLong(Long::longValue).toArray());
    }

    private long number() {
        blanks();
        int from = at;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
            at++;
        }
        if (from == at || at - from > MOST_DIGITS) {
            throw wrong("an extent is no whole number of at most " + MOST_DIGITS + " digits");
        }
        return Long.parseLong(text.substring(from, at));
    }

    private String word() {
        blanks();
        for (String word : List.of("True", "False")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word;
            }
        }
        throw wrong("fortran_order is neither True nor False");
    }

    private String quoted() {
        blanks();
        char quote = at < text.length() ? text.charAt(at) : ' ';
        int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
        if (end < 0) {
            throw wrong("a quoted word is missing (types with fields and objects are not read)");
        }
        String word = text.substring(at + 1, end);
        at = end + 1;
        return word;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw wrong("a " + wanted + " is missing");
        }
    }

    private boolean next(char wanted) {
        blanks();
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private void blanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(what + ", at character " + at);
    }
}
