package dev.rectifier.engine.cuda;

import dev.rectifier.engine.View;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import jcuda.driver.JCudaDriver;

/**
 * Blocks of one replica at addresses that are multiples of 16 bytes, for a library that chooses its kernel by the alignment:
 * a block is used where it stands if it is aligned, else through a copy. Costs one copy of each unaligned block (of a shared
 * one, one for all replicas) and memory for one block per place.
 */
final class AlignedBlocks {
    /** Bytes. */
    static final int ALIGNMENT = 16;

    /** What a block is in a product; each has a scratch of its own. */
    enum Place {
        FIRST,
        SECOND,
        BIAS,
        OUTPUT
    }

    private final CudaContext context;
    private final Map<Place, Scratch> scratch;

    AlignedBlocks(CudaContext context) {
        this.context = context;
        this.scratch = Arrays.stream(Place.values())
                .collect(Collectors.toMap(
                        place -> place,
                        place -> new Scratch(context.memory(), "aligned copies of the operand " + place)));
    }

    /** Where replica {@code replica} of an input can be read; replicas are asked for in order, from 0. */
    DeviceAddress input(Place place, View view, long replica) {
        DeviceAddress block = CudaBuffer.address(view, context, replica);
        if (isAligned(view, replica)) {
            return block;
        }
        DeviceAddress copy = room(place, view);
        if (replica == 0 || view.replicaStride() != 0) {
            copy(copy, block, view);
        }
        return copy;
    }

    /** Where the output is to be written, with its present contents if they are to be added to. */
    DeviceAddress output(View view, long replica, boolean keep) {
        DeviceAddress block = CudaBuffer.address(view, context, replica);
        if (isAligned(view, replica)) {
            return block;
        }
        DeviceAddress copy = room(Place.OUTPUT, view);
        if (keep) {
            copy(copy, block, view);
        }
        return copy;
    }

    /** After the call that wrote the output: brings it where it belongs. */
    void finish(View view, long replica) {
        if (!isAligned(view, replica)) {
            copy(CudaBuffer.address(view, context, replica), room(Place.OUTPUT, view), view);
        }
    }

    /** Whether every replica's block is. */
    static boolean isAligned(View view) {
        return isAligned(view, 0) && (view.replicas() <= 1 || isAligned(view, 1));
    }

    /** Buffers begin at multiples of 256 bytes. */
    private static boolean isAligned(View view, long replica) {
        return (view.offset() + replica * view.replicaStride()) * view.dtype().bytes() % ALIGNMENT == 0;
    }

    private DeviceAddress room(Place place, View view) {
        long doubles = Grid.ceilDiv(bytes(view), Double.BYTES);
        Scratch owned = Objects.requireNonNull(scratch.get(place), "every place has its scratch");
        return CudaBuffer.address(owned.doubles(1, doubles), context, 0);
    }

    private static long bytes(View view) {
        return view.blockSize() * view.dtype().bytes();
    }

    private void copy(DeviceAddress to, DeviceAddress from, View view) {
        context.check(
                JCudaDriver.cuMemcpyDtoDAsync(to, from, bytes(view), context.stream()),
                "cuMemcpyDtoDAsync of a block of " + view);
    }
}
