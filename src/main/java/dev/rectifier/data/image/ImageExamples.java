package dev.rectifier.data.image;

import dev.rectifier.data.HostExamples;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Digest;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A set of images as examples that stay on the host: scaled, and cropped and flipped anew at every step if that is wanted. */
public final class ImageExamples implements HostExamples {
    private final ImageSet set;
    private final DType dtype;
    private final ChannelScale scale;
    private final Augmentation augmentation;
    private final HostTensor labels;
    private final ScaleTable table;
    private final String digest;

    /**
     * Examples with the set's own labels.
     *
     * @param dtype F32 or F64
     */
    public ImageExamples(ImageSet set, DType dtype, ChannelScale scale, Augmentation augmentation) {
        this(
                set,
                dtype,
                scale,
                augmentation,
                HostTensor.of(Shape.of(1, set.examples()), set.labels().ints()));
    }

    private ImageExamples(ImageSet set, DType dtype, ChannelScale scale, Augmentation augmentation, HostTensor labels) {
        this.set = set;
        this.dtype = dtype;
        this.scale = scale;
        this.augmentation = augmentation;
        this.labels = labels;
        table = new ScaleTable(dtype, scale, set.shape());
        digest = set.digest();
    }

    /** The same with other labels: I32 [R, M], or [1, M] for all. */
    public ImageExamples withLabels(HostTensor other) {
        if (other.dtype() != DType.I32
                || other.shape().rank() != 2
                || other.shape().dim(1) != set.examples()) {
            throw new IllegalArgumentException("Labels " + other + " do not fit " + set + ": I32 [R, M] is needed.");
        }
        return new ImageExamples(set, dtype, scale, augmentation, other);
    }

    @Override
    public int examples() {
        return set.examples();
    }

    @Override
    public int inputs() {
        return set.shape().inputs();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Optional<HostTensor> labels() {
        return Optional.of(labels);
    }

    @Override
    public Writer writer() {
        byte[] image = new byte[inputs()];
        byte[] moved = new byte[inputs()];
        return (example, draws, place, out, at) -> {
            set.read(example, image);
            if (augmentation.isNone()) {
                table.write(image, out, at);
            } else {
                Augmentation.apply(augmentation.move(draws, place), set.shape(), image, moved);
                table.write(moved, out, at);
            }
        };
    }

    @Override
    public Map<String, String> describe() {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("data.set", set + " #" + digest);
        text.put("data.set.scale", scale.toString());
        text.put("data.set.augmentation", augmentation.toString());
        text.put("data.set.targets", Digest.of(labels));
        return text;
    }
}
