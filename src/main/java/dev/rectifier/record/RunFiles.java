package dev.rectifier.record;

/** Names inside a run folder. */
final class RunFiles {
    static final String CONFIG = "config.yaml";
    static final String MANIFEST = "manifest.json";
    static final String METRICS = "metrics";
    static final String CHECKPOINTS = "checkpoints";
    static final String LOG = "log.txt";
    static final String DONE = "DONE";
    static final String FAILED = "FAILED";
    static final String LOCK = "lock";
    static final String OWNER = "owner.txt";

    private RunFiles() {}
}
