package dev.rectifier.engine;

/** A driver or library call failed; the message names call, status, kernel, shapes and memory as far as they are known. */
public class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
