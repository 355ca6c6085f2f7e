package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** A device array; its address stays inside this package. */
final class CudaBuffer implements Buffer {
    private final CudaArena arena;
    private final DType dtype;
    private final Shape shape;
    private final DeviceAddress address;

    CudaBuffer(CudaArena arena, DType dtype, Shape shape, DeviceAddress address) {
        this.arena = arena;
        this.dtype = dtype;
        this.shape = shape;
        this.address = address;
    }

    /** The buffer behind a view, which must be of an engine on this context. */
    static CudaBuffer behind(View view, CudaContext context) {
        if (view.buffer() instanceof CudaBuffer buffer && buffer.arena.context() == context) {
            return buffer;
        }
        throw new ShapeException("The view " + view + " belongs to another engine than the one asked to use it.");
    }

    /** Where the view's block of this replica begins. */
    static DeviceAddress address(View view, CudaContext context, long replica) {
        long element = view.offset() + replica * view.replicaStride();
        return behind(view, context).address().plus(element * view.dtype().bytes());
    }

    /** Whether the buffer is of an engine on this context. */
    static boolean isOn(Buffer candidate, CudaContext context) {
        return candidate instanceof CudaBuffer buffer && buffer.arena.context() == context;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    long bytes() {
        return shape.size() * dtype.bytes();
    }

    DeviceAddress address() {
        arena.requireOpen("use a buffer " + this + " of");
        return address;
    }

    @Override
    public void upload(HostTensor values) {
        if (values.dtype() != dtype || values.length() != shape.size()) {
            throw new ShapeException("Cannot upload " + values + " into a buffer " + this + ".");
        }
        uploadFirst(values);
    }

    /** Puts values into the first elements; the buffer may be longer. */
    void uploadFirst(HostTensor values) {
        long length = (long) values.length() * dtype.bytes();
        if (values.dtype() != dtype || length > bytes()) {
            throw new ShapeException("Cannot upload " + values + " into the first elements of a buffer " + this + ".");
        }
        DeviceAddress to = address();
        arena.context().bind();
        if (length > 0) {
            int status = JCudaDriver.cuMemcpyHtoD(to, pointer(values), length);
            arena.context().finished(status, "cuMemcpyHtoD of " + length + " bytes to " + this);
        }
    }

    @Override
    public HostTensor download() {
        DeviceAddress from = address();
        arena.context().synchronize();
        HostTensor values = HostTensor.zeros(dtype, shape);
        if (bytes() > 0) {
            int status = JCudaDriver.cuMemcpyDtoH(pointer(values), from, bytes());
            arena.context().finished(status, "cuMemcpyDtoH of " + bytes() + " bytes from " + this);
        }
        return values;
    }

    private static Pointer pointer(HostTensor values) {
        return switch (values.dtype()) {
            case F32 -> Pointer.to(values.floats());
            case F64 -> Pointer.to(values.doubles());
            case I32 -> Pointer.to(values.ints());
            case I64 -> Pointer.to(values.longs());
        };
    }

    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
