package dev.rectifier.cli;

/** What the process tells its caller; the numbers are part of the interface and never change. */
enum ExitCode {
    GOOD(0, "all went well"),
    CHECK_FAILED(1, "a check or claim failed"),
    USAGE(2, "the command, its arguments or a config file are wrong; nothing was written"),
    SOME_FAILED(3, "some replicas or runs failed"),
    NO_DEVICE(4, "the engine asked for is not available"),
    OUT_OF_MEMORY(5, "the device has too little memory"),
    DEVICE_LOST(6, "the device failed; start again, the run resumes from its checkpoint"),
    INTERNAL(70, "a defect of this program"),
    INTERRUPTED(130, "stopped by INT; resumable"),
    TERMINATED(143, "stopped by TERM or USR1; resumable");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }
}
