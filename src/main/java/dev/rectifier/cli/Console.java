package dev.rectifier.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The two streams a command writes to: results on one, everything else on the other. */
final class Console {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private boolean quiet;

    Console(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** The process's own streams, in UTF-8. */
    static Console ofProcess() {
        return new Console(
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                attached() && !"dumb".equals(System.getenv("TERM")));
    }

    /** A console exists only at a terminal up to JDK 21; from 22 on it always does and must be asked. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean attached() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException olderThan22) {
            return true;
        }
    }

    /** True when progress may overwrite its own line. */
    boolean isTerminal() {
        return terminal && System.getenv("NO_COLOR") == null;
    }

    boolean isQuiet() {
        return quiet;
    }

    void setQuiet(boolean quiet) {
        this.quiet = quiet;
    }

    /** Results, for whoever writes them itself: help and version. */
    PrintWriter resultWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    /** A line of the result. */
    void result(String line) {
        out.println(line);
    }

    /** The result as JSON, for other programs. */
    void json(Object value) {
        out.println(jsonText(value));
    }

    /** Indented JSON. */
    static String jsonText(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write the result as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** A remark: shown unless --quiet. */
    void remark(String line) {
        if (!quiet) {
            err.println(line);
        }
    }

    /** An error: always shown. */
    void error(String line) {
        err.println(line);
    }

    /** Overwrites the present line of a terminal. */
    void transientLine(String line) {
        if (!quiet) {
            err.print("\r\u001b[K" + line);
            err.flush();
        }
    }
}
