package dev.rectifier.study.luckmatters;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.probe.LayerPair;
import dev.rectifier.record.Settings;
import dev.rectifier.study.images.StudyImages;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The convolutional networks of LM-10: 3 x 3 convolutions without padding, each followed by ReLU and then BatchNorm, and one
 * dense layer. Layer l has the names {@code conv<l>}, {@code relu<l>} and {@code norm<l>}.
 */
record ImageNets(Settings settings) {
    static final String CONV = "conv";
    static final String NORM = "norm";
    static final String HEAD = "head";

    private static final String RELU = "relu";

    /** A network of these channels. */
    static ChainSpec of(List<Integer> channels, boolean norm) {
        List<NamedLayer> layers = new ArrayList<>();
        for (int l = 0; l < channels.size(); l++) {
            layers.add(new NamedLayer(CONV + l, new LayerSpec.Conv(channels.get(l), 3, 1, 0, true)));
            layers.add(new NamedLayer(RELU + l, new LayerSpec.Relu()));
            if (norm) {
                layers.add(new NamedLayer(NORM + l, new LayerSpec.BatchNorm()));
            }
        }
        layers.add(new NamedLayer("flatten", new LayerSpec.Flatten()));
        layers.add(new NamedLayer(HEAD, new LayerSpec.Dense(StudyImages.CLASSES)));
        Shape image = Shape.of(StudyImages.SHAPE.channels(), StudyImages.SHAPE.height(), StudyImages.SHAPE.width());
        return new ChainSpec(image, layers);
    }

    /** Channels of the teacher's layers. */
    List<Integer> teacherChannels() {
        return settings.wholes("teacher.channels").stream()
                .map(Math::toIntExact)
                .toList();
    }

    /** Channels of the students' layers, as many times the teacher's. */
    List<Integer> studentChannels() {
        int multiple = Math.toIntExact(settings.whole("student.multiple"));
        return teacherChannels().stream()
                .map(width -> Math.multiplyExact(width, multiple))
                .toList();
    }

    boolean isNormed() {
        return settings.flag("student.norm");
    }

    ChainSpec teacher() {
        return of(teacherChannels(), true);
    }

    ChainSpec student() {
        return of(studentChannels(), isNormed());
    }

    /** What holds the nodes that are left of a student: one per teacher node at most. */
    ChainSpec part() {
        return of(teacherChannels(), isNormed());
    }

    /** Layers that are compared: what the next layer sees. */
    List<LayerPair> pairs() {
        String last = isNormed() ? NORM : RELU;
        return IntStream.range(0, teacherChannels().size())
                .mapToObj(l -> new LayerPair(NORM + l, RELU + l, last + l))
                .toList();
    }
}
