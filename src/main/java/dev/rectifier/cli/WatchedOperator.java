package dev.rectifier.cli;

import dev.rectifier.curvature.LinearOperator;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Shows how far a number of products is, with an estimate of what is left, and ends between two of them when asked to stop. */
final class WatchedOperator implements LinearOperator {
    private final LinearOperator operator;
    private final Console console;
    private final Interruption interruption;
    private final long most;
    private final Supplier<String> kept;
    private final long started = System.nanoTime();
    private long done;
    private long lastTenth;

    /** {@code most}: products at the worst; {@code kept}: what there is already when it is stopped. */
    WatchedOperator(
            LinearOperator operator, Console console, Interruption interruption, long most, Supplier<String> kept) {
        this.operator = operator;
        this.console = console;
        this.interruption = interruption;
        this.most = most;
        this.kept = kept;
    }

    @Override
    public Engine engine() {
        return operator.engine();
    }

    @Override
    public long replicas() {
        return operator.replicas();
    }

    @Override
    public long size() {
        return operator.size();
    }

    @Override
    public DType dtype() {
        return operator.dtype();
    }

    @Override
    public void apply(View product, View vector) {
        if (interruption.requested()) {
            clear();
            throw new CommandFailure(interruption.exitCode(), "stopped after " + done + " products. " + kept.get());
        }
        operator.apply(product, vector);
        done++;
        show();
    }

    /** Products made so far. */
    long done() {
        return done;
    }

    /** Takes the line of a terminal away. */
    void clear() {
        if (console.isTerminal()) {
            console.transientLine("");
        }
    }

    private void show() {
        long tenth = 10 * done / most;
        if (console.isTerminal()) {
            console.transientLine(line());
        } else if (tenth > lastTenth) {
            lastTenth = tenth;
            console.remark(line());
        }
    }

    private String line() {
        Duration left = Duration.ofNanos((System.nanoTime() - started) / done * Math.max(0, most - done));
        return String.format(
                Locale.ROOT, "product %,d of at most %,d, about %s left", done, most, ProgressLine.words(left));
    }
}
