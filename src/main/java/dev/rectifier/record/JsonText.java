package dev.rectifier.record;

import java.util.Locale;

/** JSON string escapes; every character outside printable ASCII is escaped, so that files are plain ASCII. */
public final class JsonText {
    private JsonText() {}

    /** The text in double quotes. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.chars().forEach(c -> appendEscaped(out, (char) c));
        return out.append('"').toString();
    }

    private static void appendEscaped(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default ->
                out.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
    }
}
