package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import jcuda.driver.CUresult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a driver status into a {@link DeviceException}; the only reader of status codes. */
final class CudaCheck {
    private static final Logger LOG = LoggerFactory.getLogger(CudaCheck.class);

    private CudaCheck() {}

    /** Throws unless the call succeeded. */
    static void check(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(describe(status, call));
        }
    }

    /** For releases: a failure is logged, so that the releases after it still happen. */
    static void logged(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            LOG.warn("While closing: {}", describe(status, call));
        }
    }

    /** One sentence: call, status, what it means for the process. */
    static String describe(int status, String call) {
        return call + " failed with " + CUresult.stringFor(status) + " (" + status + ")." + consequence(status);
    }

    private static String consequence(int status) {
        return switch (status) {
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUresult.CUDA_ERROR_LAUNCH_FAILED,
                    CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
                    CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
                    CUresult.CUDA_ERROR_ECC_UNCORRECTABLE ->
                " The device's context is lost: end this process and resume from the last checkpoint.";
            case CUresult.CUDA_ERROR_NO_DEVICE -> " No NVIDIA GPU is visible here; see CUDA_VISIBLE_DEVICES.";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
                " Driver library and kernel module differ in version: restart the machine.";
            default -> "";
        };
    }
}
