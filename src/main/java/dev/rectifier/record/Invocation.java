package dev.rectifier.record;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * One process that worked on a run.
 *
 * @param commandLine the command and its arguments
 * @param startedUtc when it began, ISO 8601 in UTC
 * @param endedUtc when it ended; empty while it runs or if it was killed
 * @param state how the run stood when it ended
 */
public record Invocation(List<String> commandLine, String startedUtc, String endedUtc, RunState state) {
    public Invocation {
        commandLine = List.copyOf(commandLine);
    }

    static Invocation starting(List<String> commandLine) {
        return new Invocation(commandLine, nowUtc(), "", RunState.RUNNING);
    }

    Invocation ended(RunState how) {
        return new Invocation(commandLine, startedUtc, nowUtc(), how);
    }

    static String nowUtc() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
