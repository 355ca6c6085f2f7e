package dev.rectifier.suite;

import java.util.List;

/**
 * One test class.
 *
 * @param name simple name
 * @param passed tests
 * @param failed tests, and containers that failed as a whole
 * @param skipped tests, and containers that were skipped as a whole
 * @param seconds wall time, the start of its process included
 * @param remarks a line for each test that did not pass
 */
record ClassResult(String name, int passed, int failed, int skipped, double seconds, List<Remark> remarks) {
    /** A process that ended without a result. */
    static ClassResult lost(String name, double seconds, String why) {
        return new ClassResult(name, 0, 1, 0, seconds, List.of(new Remark("failed", name, why)));
    }

    ClassResult after(double wallSeconds) {
        return new ClassResult(name, passed, failed, skipped, wallSeconds, remarks);
    }
}
