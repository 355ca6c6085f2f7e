package dev.rectifier.architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Java source as text without its comments and literals, and the methods found in it by counting braces. */
final class JavaText {
    private static final Pattern LITERALS = Pattern.compile(
            "\"\"\"(?s:.*?)\"\"\"" // text block
                    + "|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])*+'" // string, character
                    + "|//[^\n]*+|/\\*(?s:.*?)\\*/"); // comments
    private static final Pattern TYPE = Pattern.compile("\\b(class|interface|enum|record)\\s+\\w");
    private static final Pattern NESTED_PARENTHESES = Pattern.compile("\\([^()]*+\\)");

    /** A method, constructor or initialiser: its header's last words, and its lines, braces included. */
    record Method(String header, int firstLine, int lines) {}

    private enum Kind {
        TYPE,
        METHOD,
        OTHER
    }

    private record Open(Kind kind, String header, int line) {}

    private JavaText() {}

    /** The methods of all types of the source; a class inside a method counts with the method around it. */
    static List<Method> methods(String source) {
        String code = stripped(source);
        List<Method> found = new ArrayList<>();
        Deque<Open> open = new ArrayDeque<>();
        int headerStart = 0;
        int line = 1;
        for (int at = 0; at < code.length(); at++) {
            char c = code.charAt(at);
            if (c == '{') {
                String header = code.substring(headerStart, at).strip();
                Kind around = open.isEmpty() ? Kind.TYPE : open.peek().kind();
                open.push(new Open(kind(header, around), header, line));
            } else if (c == '}' && !open.isEmpty()) {
                Open closed = open.pop();
                if (closed.kind() == Kind.METHOD) {
                    found.add(new Method(lastLine(closed.header()), closed.line(), line - closed.line() + 1));
                }
            } else if (c == '\n') {
                line++;
            }
            headerStart = c == '{' || c == '}' || c == ';' ? at + 1 : headerStart;
        }
        return found;
    }

    /** The source with every comment, string and character literal taken out; line breaks stay. */
    static String stripped(String source) {
        return LITERALS.matcher(source)
                .replaceAll(found -> Matcher.quoteReplacement(found.group().replaceAll("[^\n]", "")));
    }

    private static Kind kind(String header, Kind around) {
        if (around != Kind.TYPE) {
            return Kind.OTHER;
        }
        String flat = withoutParentheses(header);
        if (TYPE.matcher(flat).find()) {
            return Kind.TYPE;
        }
        return flat.contains("=") ? Kind.OTHER : Kind.METHOD;
    }

    private static String withoutParentheses(String header) {
        String before = header;
        String after = NESTED_PARENTHESES.matcher(before).replaceAll("");
        while (!after.equals(before)) {
            before = after;
            after = NESTED_PARENTHESES.matcher(before).replaceAll("");
        }
        return after;
    }

    private static String lastLine(String header) {
        return header.substring(header.lastIndexOf('\n') + 1).strip();
    }
}
