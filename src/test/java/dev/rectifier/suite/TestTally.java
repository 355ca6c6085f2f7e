package dev.rectifier.suite;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Counts what happens to the tests of one class. A container that fails or is skipped counts as one. */
final class TestTally implements TestExecutionListener {
    private final List<Remark> remarks = new ArrayList<>();
    private int passed;
    private int failed;
    private int skipped;

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped++;
        remarks.add(new Remark("skipped", test.getDisplayName(), reason));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
            case ABORTED -> {
                skipped++;
                remarks.add(new Remark("skipped", test.getDisplayName(), reason(result)));
            }
            case FAILED -> {
                failed++;
                remarks.add(new Remark("failed", test.getDisplayName(), reason(result)));
                result.getThrowable().ifPresent(Throwable::printStackTrace);
            }
        }
    }

    private static String reason(TestExecutionResult result) {
        return result.getThrowable().map(Throwable::toString).orElse("no reason given");
    }

    ClassResult result(String name, double seconds) {
        return new ClassResult(name, passed, failed, skipped, seconds, List.copyOf(remarks));
    }
}
