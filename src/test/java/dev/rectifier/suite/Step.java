package dev.rectifier.suite;

import java.io.IOException;

/** A part of the suite. It writes its log into the folder of the results. */
interface Step {
    /** Under which it is asked for. */
    String name();

    StepResult run(Bench bench) throws IOException, InterruptedException;
}
