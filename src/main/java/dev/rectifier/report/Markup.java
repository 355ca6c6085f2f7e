package dev.rectifier.report;

import java.util.stream.Collectors;

/** Text inside HTML and SVG. */
final class Markup {
    private Markup() {}

    /** Escapes what has a meaning in markup; characters that XML does not allow become the replacement character. */
    static String escaped(String text) {
        return text.codePoints().mapToObj(Markup::escaped).collect(Collectors.joining());
    }

    private static String escaped(int c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            default -> isXml(c) ? Character.toString(c) : "\uFFFD";
        };
    }

    private static boolean isXml(int c) {
        boolean plain = c >= 0x20 && c <= 0xD7FF;
        boolean blank = c == '\t' || c == '\n' || c == '\r';
        return plain || blank || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
    }
}
