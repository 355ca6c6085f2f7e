package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/** A dense row-major device array owned by an {@link Arena}. No raw pointer leaves the engine. */
public interface Buffer {
    DType dtype();

    Shape shape();

    /** Replaces the whole contents; {@code values} has this shape (or as many elements) and this type. */
    void upload(HostTensor values);

    /** A host copy of the whole contents. Waits for all work before it. */
    HostTensor download();

    /** The whole buffer as a view; the leading axis is the replica. */
    default View view() {
        return View.of(this);
    }
}
