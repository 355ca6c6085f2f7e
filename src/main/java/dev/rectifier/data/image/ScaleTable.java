package dev.rectifier.data.image;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/** The 256 values that a byte can become, per channel: rounded once, the same everywhere. */
final class ScaleTable {
    private static final int VALUES = 256;

    private final HostTensor table;
    private final ImageShape shape;

    ScaleTable(DType dtype, ChannelScale scale, ImageShape shape) {
        if (scale.mean().size() != shape.channels()) {
            throw new IllegalArgumentException(
                    "A scale of " + scale.mean().size() + " channels does not fit images of " + shape.channels() + ".");
        }
        this.shape = shape;
        double[] values = new double[shape.channels() * VALUES];
        for (int i = 0; i < values.length; i++) {
            int c = i / VALUES;
            values[i] = (i % VALUES / 255.0 - scale.mean().get(c))
                    / scale.deviation().get(c);
        }
        table = HostTensor.rounded(dtype, Shape.of(values.length), values);
    }

    /** Writes the numbers of an image to {@code out} from {@code at} on. */
    void write(byte[] image, HostTensor out, int at) {
        for (int c = 0; c < shape.channels(); c++) {
            int plane = c * shape.plane();
            if (table.dtype() == DType.F32) {
                write(image, plane, c * VALUES, out.floats(), at + plane);
            } else {
                write(image, plane, c * VALUES, out.doubles(), at + plane);
            }
        }
    }

    private void write(byte[] image, int from, int row, float[] out, int at) {
        float[] values = table.floats();
        for (int i = 0; i < shape.plane(); i++) {
            out[at + i] = values[row + (image[from + i] & 255)];
        }
    }

    private void write(byte[] image, int from, int row, double[] out, int at) {
        double[] values = table.doubles();
        for (int i = 0; i < shape.plane(); i++) {
            out[at + i] = values[row + (image[from + i] & 255)];
        }
    }
}
