package dev.rectifier.engine.cuda;

import dev.rectifier.tensor.DType;

/** Where the image of a kernel file comes from. */
@FunctionalInterface
interface KernelImages {
    /** What {@code cuModuleLoadData} is given for {@code cuda/<file>.cu} at that element type. */
    byte[] image(String file, DType real);
}
