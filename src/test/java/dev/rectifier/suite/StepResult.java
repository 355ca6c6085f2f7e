package dev.rectifier.suite;

import java.util.List;

/**
 * What came of a step.
 *
 * @param name of the step
 * @param good whether it passed
 * @param detail one line
 * @param log file in the folder of the results
 * @param seconds wall time
 * @param classes test classes, for the step that runs them
 */
record StepResult(String name, boolean good, String detail, String log, double seconds, List<ClassResult> classes) {}
