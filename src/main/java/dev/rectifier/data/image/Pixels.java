package dev.rectifier.data.image;

import dev.rectifier.data.file.ByteTensor;

/** Where the bytes of images are: an array, or a file of any size. Read by any number of threads at once. */
@FunctionalInterface
public interface Pixels {
    /** Writes the D bytes of one image to {@code into} from its beginning. */
    void read(int example, byte[] into);

    /** Those of an array [M, ...]. */
    static Pixels of(ByteTensor images) {
        byte[] all = images.bytes();
        int each = Math.toIntExact(images.shape().tail().size());
        return (example, into) -> System.arraycopy(all, example * each, into, 0, each);
    }

    /** Of these images only, in this order. */
    default Pixels chosen(int[] examples) {
        return (example, into) -> read(examples[example], into);
    }
}
