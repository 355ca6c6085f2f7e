package dev.rectifier.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs command lines in this process and keeps what they print. */
public final class CommandLineSession {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Interruption interruption = new Interruption();

    /** The exit code of {@code rectifier arguments...}. */
    public int run(String... arguments) {
        Console console = new Console(stream(out), stream(err), false);
        return Main.execute(console, interruption, arguments);
    }

    Interruption interruption() {
        return interruption;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
