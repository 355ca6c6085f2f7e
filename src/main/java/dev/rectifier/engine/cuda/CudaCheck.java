package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import jcuda.driver.CUresult;

/** Turns a driver status into the {@link DeviceException} that it means; the only reader of status codes. */
final class CudaCheck {
    private CudaCheck() {}

    /** Throws unless the call succeeded. */
    static void check(int status, String call) {
        check(status, call, "");
    }

    /** The same; {@code more} ends the message. */
    static void check(int status, String call, String more) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw exception(status, describe(status, call) + more);
        }
    }

    private static DeviceException exception(int status, String message) {
        return switch (status) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> new OutOfDeviceMemoryException(message);
            case CUresult.CUDA_ERROR_NO_DEVICE,
                    CUresult.CUDA_ERROR_INVALID_DEVICE,
                    CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH -> new NoDeviceException(message);
            default -> new DeviceException(message);
        };
    }

    /** One sentence: call, status, what it means for the process. */
    static String describe(int status, String call) {
        return call + " failed with " + CUresult.stringFor(status) + " (" + status + ")." + consequence(status);
    }

    /** Whether every later call on the context fails too. */
    static boolean losesContext(int status) {
        return switch (status) {
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUresult.CUDA_ERROR_LAUNCH_FAILED,
                    CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
                    CUresult.CUDA_ERROR_ASSERT,
                    CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
                    CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
                    CUresult.CUDA_ERROR_INVALID_PC,
                    CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
                    CUresult.CUDA_ERROR_ECC_UNCORRECTABLE -> true;
            default -> false;
        };
    }

    private static String consequence(int status) {
        if (losesContext(status)) {
            return " The device's context is lost: end this process and resume from the last checkpoint.";
        }
        return switch (status) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
                " The device's memory is full: train fewer replicas at once, or end what else uses the device.";
            case CUresult.CUDA_ERROR_NO_DEVICE -> " No NVIDIA GPU is visible here; see CUDA_VISIBLE_DEVICES.";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
                " Driver library and kernel module differ in version: restart the machine.";
            case CUresult.CUDA_ERROR_INVALID_IMAGE,
                    CUresult.CUDA_ERROR_INVALID_PTX,
                    CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                    CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU ->
                " If the driver is older than the code, -Drectifier.kernels=nvrtc compiles the kernels here.";
            default -> "";
        };
    }
}
