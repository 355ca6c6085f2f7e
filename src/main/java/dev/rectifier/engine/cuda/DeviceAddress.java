package dev.rectifier.engine.cuda;

import jcuda.driver.CUdeviceptr;

/** A device pointer whose number can be read, to be written among a kernel's arguments. */
final class DeviceAddress extends CUdeviceptr {
    DeviceAddress() {}

    private DeviceAddress(DeviceAddress base, long byteOffset) {
        super(base, byteOffset);
    }

    long value() {
        return getNativePointer() + getByteOffset();
    }

    DeviceAddress plus(long bytes) {
        return bytes == 0 ? this : new DeviceAddress(this, bytes);
    }
}
