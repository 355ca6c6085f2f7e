package dev.rectifier.train;

import dev.rectifier.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Takes the parts of a checkpoint's header one after the other, trusting no length it finds. */
final class HeaderReader {
    private static final int MAX_RANK = 8;

    private final ByteBuffer in;

    HeaderReader(ByteBuffer in) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    long takeStep() {
        require(Long.BYTES, "the step");
        long step = in.getLong();
        if (step < 0) {
            throw new CheckpointException("The checkpoint claims the negative step " + step + ".");
        }
        return step;
    }

    /** A count of things that take at least one byte each. */
    int takeCount(String what) {
        require(Integer.BYTES, "the number of " + what);
        int count = in.getInt();
        if (count < 0 || count > in.remaining()) {
            throw new CheckpointException(
                    "The checkpoint's header claims " + count + " " + what + " and is too short for them.");
        }
        return count;
    }

    String takeText(String what) {
        byte[] bytes = takeBytes(takeCount("bytes of " + what));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException("The checkpoint's header has bytes that are not UTF-8 in " + what + ".");
        }
    }

    int takeByte() {
        require(1, "a byte");
        return in.get() & 0xff;
    }

    byte[] takeBytes(int count) {
        require(count, count + " bytes");
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    /** A shape of at most {@code limit} elements. */
    Shape takeShape(String name, long limit) {
        int rank = takeByte();
        if (rank > MAX_RANK) {
            throw new CheckpointException("Tensor " + name + " of the checkpoint has " + rank + " axes; at most "
                    + MAX_RANK + " are allowed.");
        }
        require(rank * Long.BYTES, "the extents of " + name);
        long[] extents = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            extents[axis] = in.getLong();
        }
        return bounded(name, extents, limit);
    }

    private static Shape bounded(String name, long[] extents, long limit) {
        Shape shape;
        try {
            shape = Shape.of(extents);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("Tensor " + name + " of the checkpoint: " + e.getMessage());
        }
        if (shape.size() > limit) {
            throw new CheckpointException("The checkpoint is cut short: tensor " + name + " claims the shape " + shape
                    + ", and " + limit + " elements are there.");
        }
        return shape;
    }

    void requireEnd() {
        if (in.hasRemaining()) {
            throw new CheckpointException("The checkpoint's header has " + in.remaining() + " bytes too many.");
        }
    }

    private void require(int bytes, String what) {
        if (in.remaining() < bytes) {
            throw new CheckpointException("The checkpoint's header ends where " + what + " should be.");
        }
    }
}
