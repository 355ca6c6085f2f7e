package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * One kernel ready to be launched: arguments are put in the order of its signature and checked against it. The argument
 * block is made once and written anew by every launch (the driver copies it), so a launch allocates nothing.
 */
final class Launch {
    private static final int SLOT = 8;

    private final KernelTable kernel;
    private final DType real;
    private final CUfunction function;
    private final CudaContext context;
    private final ByteBuffer arguments;
    private final Pointer argumentAddresses;
    private final List<View> views = new ArrayList<>();
    private Grid grid = new Grid(0, 1, 1, 1, 0);
    private int next;
    private int allowedShared;

    Launch(KernelTable kernel, DType real, CUfunction function, CudaContext context) {
        this.kernel = kernel;
        this.real = real;
        this.function = function;
        this.context = context;
        int count = kernel.parameters().size();
        this.arguments = ByteBuffer.allocateDirect(count * SLOT).order(ByteOrder.nativeOrder());
        Pointer[] slots = new Pointer[count];
        for (int i = 0; i < count; i++) {
            slots[i] = Pointer.to(arguments).withByteOffset((long) i * SLOT);
        }
        this.argumentAddresses = Pointer.to(slots);
    }

    /** Starts a new list of arguments. */
    Launch begin() {
        context.bind();
        views.clear();
        next = 0;
        return this;
    }

    /** An array and its replica stride. */
    Launch view(View view) {
        Parameter parameter = parameter();
        if (!parameter.type().accepts(view.dtype(), real)) {
            throw misplaced(view.toString());
        }
        CudaBuffer buffer = CudaBuffer.behind(view, context);
        views.add(view);
        long address = buffer.address().value() + view.offset() * view.dtype().bytes();
        return put(address).put(view.replicaStride());
    }

    /**
     * Allows this kernel so much dynamic shared memory per block. Never less than it was allowed before: launches that are
     * recorded in a graph may need that much.
     */
    Launch allowShared(int bytes) {
        if (bytes <= allowedShared) {
            return this;
        }
        context.check(
                JCudaDriver.cuFuncSetAttribute(
                        function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "cuFuncSetAttribute of " + entry() + ", " + bytes + " bytes of shared memory");
        allowedShared = bytes;
        return this;
    }

    /** An array that this launch does without. */
    Launch absent() {
        if (!parameter().type().isPointer()) {
            throw misplaced("no array");
        }
        return put(0).put(0);
    }

    /** The view, or an absent array. */
    Launch view(Optional<View> view) {
        return view.isPresent() ? view(view.get()) : absent();
    }

    Launch size(long value) {
        if (parameter().type() != Parameter.Type.I64) {
            throw misplaced("the size " + value);
        }
        return put(value);
    }

    Launch integer(int value) {
        if (parameter().type() != Parameter.Type.I32) {
            throw misplaced("the integer " + value);
        }
        return put(value);
    }

    Launch number(double value) {
        if (parameter().type() != Parameter.Type.F64) {
            throw misplaced("the number " + value);
        }
        return put(Double.doubleToRawLongBits(value));
    }

    private Parameter parameter() {
        if (next >= kernel.parameters().size()) {
            throw new IllegalStateException("Kernel " + entry() + " takes no more than " + next + " arguments.");
        }
        return kernel.parameters().get(next);
    }

    private Launch put(long bits) {
        arguments.putLong(next * SLOT, bits);
        next++;
        return this;
    }

    private IllegalStateException misplaced(String argument) {
        return new IllegalStateException("Kernel " + entry() + " takes \""
                + kernel.parameters().get(next).declaration() + "\" as argument " + next + ", not " + argument + ".");
    }

    /** Launches on the engine's stream; does nothing where the grid is empty. */
    void run(Grid newGrid) {
        run(newGrid, 0);
    }

    /** The same with dynamic shared memory, which the function must have been allowed before. */
    void run(Grid newGrid, int sharedBytes) {
        grid = newGrid;
        if (next != kernel.parameters().size()) {
            throw new IllegalStateException("Kernel " + entry() + " got " + next + " arguments of "
                    + kernel.parameters().size() + ".");
        }
        if (grid.blocks() == 0) {
            return;
        }
        if (grid.blocks() > Integer.MAX_VALUE) {
            throw new DeviceException(
                    "Kernel " + this + " needs more blocks than a launch can have: use fewer replicas.");
        }
        context.launched(this);
        int status = JCudaDriver.cuLaunchKernel(
                function,
                (int) grid.blocks(),
                1,
                1,
                grid.lanes(),
                grid.rows(),
                1,
                sharedBytes,
                context.stream(),
                argumentAddresses,
                null);
        if (status != CUresult.CUDA_SUCCESS) {
            String memory = " Device memory: " + context.memory().state() + ".";
            context.check(status, "cuLaunchKernel of " + this, memory);
        }
    }

    private String entry() {
        return kernel.stem() + (real == DType.F32 ? "_f32" : "_f64");
    }

    /** Kernel, grid and shapes, for error messages. */
    @Override
    public String toString() {
        return entry() + ", " + grid + ", shapes " + views;
    }
}
