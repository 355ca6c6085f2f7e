package dev.rectifier.engine.cuda;

import jcuda.driver.CUstream;

/** A stream whose handle can be read, to be handed to a library that JCuda does not bind. */
final class CudaStream extends CUstream {
    long value() {
        return getNativePointer();
    }
}
