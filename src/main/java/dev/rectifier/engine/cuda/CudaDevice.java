package dev.rectifier.engine.cuda;

import static dev.rectifier.engine.cuda.CudaCheck.check;

import dev.rectifier.engine.Bytes;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * Device 0 (of those CUDA_VISIBLE_DEVICES shows), and what the driver says of it without a context.
 *
 * @param handle the driver's word for it
 */
record CudaDevice(CUdevice handle) {
    /** The driver library has been loaded. */
    static CudaDevice first() {
        check(JCudaDriver.cuInit(0), "cuInit");
        CUdevice device = new CUdevice();
        check(JCudaDriver.cuDeviceGet(device, 0), "cuDeviceGet");
        return new CudaDevice(device);
    }

    String name() {
        byte[] text = new byte[256];
        check(JCudaDriver.cuDeviceGetName(text, text.length, handle), "cuDeviceGetName");
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** Compute capability as a number: 90 for 9.0. */
    int capability() {
        return 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    }

    /** Bytes of shared memory that a block may ask for. */
    int sharedBytes() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
    }

    int multiprocessors() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    }

    int cacheBytes() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
    }

    private int attribute(int attribute) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, attribute, handle), "cuDeviceGetAttribute");
        return value[0];
    }

    private long bytes() {
        long[] bytes = new long[1];
        check(JCudaDriver.cuDeviceTotalMem(bytes, handle), "cuDeviceTotalMem");
        return bytes[0];
    }

    /** A capability as NVIDIA writes it: 9.0. */
    static String written(int capability) {
        return capability / 10 + "." + capability % 10;
    }

    /** Name, compute capability, memory. */
    String description() {
        return name() + ", compute capability " + written(capability()) + ", " + Bytes.words(bytes());
    }

    /** The CUDA version that the driver offers, such as 13.0. */
    static String driverVersion() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0] / 1000 + "." + version[0] % 1000 / 10;
    }
}
