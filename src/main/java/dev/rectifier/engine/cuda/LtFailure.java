package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;

/** A product that cublasLt refused to do. */
final class LtFailure extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final String call;

    /**
     * What happened.
     *
     * @param call call, status and shapes
     * @param more the state of the device
     */
    LtFailure(String call, String more) {
        super(call + "; " + more + ". Without the library: -Drectifier.cublaslt=off.");
        this.call = call;
    }

    String call() {
        return call;
    }
}
