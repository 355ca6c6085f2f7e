package dev.rectifier.engine;

/**
 * Device memory is full. Where an allocation does not fit, the message says how much was asked for, what is in use by whom and
 * what is free; where another call finds no memory, which call.
 */
public final class OutOfDeviceMemoryException extends DeviceException {
    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(String message) {
        super(message);
    }
}
