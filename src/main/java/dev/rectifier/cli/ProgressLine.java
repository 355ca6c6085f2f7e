package dev.rectifier.cli;

import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Progress;
import dev.rectifier.study.RunResult;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Shows how far a study is: one line that overwrites itself on a terminal, else a plain line every tenth of the work.
 */
final class ProgressLine implements Progress {
    private static final long REDRAW_NANOS = 100_000_000L;

    private final Console console;
    private final long started = System.nanoTime();
    private long lastDrawn;
    private int lastTenth;
    private int runs;
    private int ended;

    ProgressLine(Console console) {
        this.console = console;
    }

    @Override
    public void planned(List<RunSpec> planned) {
        runs = planned.size();
    }

    @Override
    public void advanced(RunSpec run, long step, long steps, double share) {
        if (console.isTerminal()) {
            redraw(run, step, steps, share);
        } else if ((int) (share * 10) > lastTenth) {
            lastTenth = (int) (share * 10);
            console.remark(line(run, step, steps, share));
        }
    }

    @Override
    public void ended(RunResult result) {
        ended++;
        if (console.isTerminal()) {
            console.transientLine("");
        }
        switch (result.kind()) {
            case FAILED -> console.error("run " + result.spec().name() + " failed: " + result.message());
            case SKIPPED ->
                console.remark("run " + result.spec().name() + " is done already"
                        + (result.message().isEmpty() ? ": " + result.folder() : " " + result.message()));
            case COMPLETED, INTERRUPTED, NOT_STARTED -> {
                if (result.failedReplicas() > 0) {
                    console.error("run " + result.spec().name() + ": " + result.failedReplicas() + " of "
                            + result.replicas() + " replicas stopped being finite and were frozen");
                }
            }
        }
    }

    private void redraw(RunSpec run, long step, long steps, double share) {
        long now = System.nanoTime();
        if (now - lastDrawn >= REDRAW_NANOS) {
            lastDrawn = now;
            console.transientLine(line(run, step, steps, share));
        }
    }

    private String line(RunSpec run, long step, long steps, double share) {
        String left = share > 0.01 ? ", about " + words(remaining(share)) + " left" : "";
        return String.format(
                Locale.ROOT,
                "%3.0f %%  run %d of %d: %s, step %,d of %,d%s",
                100 * share,
                Math.min(ended + 1, runs),
                runs,
                run.name(),
                step,
                steps,
                left);
    }

    private Duration remaining(double share) {
        return Duration.ofNanos((long) ((System.nanoTime() - started) * (1 - share) / share));
    }

    /** A duration as a person says it: {@code 42 s}, {@code 3 min 05 s}, {@code 2 h 10 min}. */
    static String words(Duration duration) {
        long seconds = Math.round(duration.toMillis() / 1000.0);
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60);
    }
}
