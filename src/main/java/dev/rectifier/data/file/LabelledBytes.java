package dev.rectifier.data.file;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;

/**
 * Images and what they show.
 *
 * @param images [M, C, H, W]
 * @param labels I32 [M]
 */
public record LabelledBytes(ByteTensor images, HostTensor labels) {
    public LabelledBytes {
        if (images.shape().rank() != 4
                || labels.dtype() != DType.I32
                || labels.shape().rank() != 1
                || labels.shape().dim(0) != images.shape().dim(0)) {
            throw new IllegalArgumentException("Images " + images + " and labels " + labels
                    + " do not belong together: [M, C, H, W] and I32 [M] do.");
        }
    }
}
