package dev.rectifier.engine;

/**
 * The engine asked for is not available here: a library, a driver or a device is missing or cannot be opened by anyone in this
 * process. The message says what is missing and what would change it.
 */
public final class NoDeviceException extends DeviceException {
    private static final long serialVersionUID = 1L;

    public NoDeviceException(String message) {
        super(message);
    }

    public NoDeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
