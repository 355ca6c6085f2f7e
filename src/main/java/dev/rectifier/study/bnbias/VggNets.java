package dev.rectifier.study.bnbias;

import dev.rectifier.data.image.ImageShape;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.Vggs;
import dev.rectifier.record.Settings;
import dev.rectifier.study.images.StudyImages;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * The networks of the study: VGG with BatchNorm, and its control without ReLU.
 *
 * <p>The control has no ReLU and takes means where VGG takes maxima. Changing the sign of a channel's weights, of its shift and of
 * the weights that read it then changes no output, and its start is as likely as the other; so the signs of its shifts after any
 * training are fair coins, all independent of each other.
 */
final class VggNets {
    private VggNets() {}

    /** The network of a run. */
    static ChainSpec of(Settings settings) {
        ImageShape image = StudyImages.SHAPE;
        ChainSpec vgg = Vggs.withBatchNorm(
                Math.toIntExact(settings.whole("network.depth")),
                Math.toIntExact(settings.whole("network.width")),
                Shape.of(image.channels(), image.height(), image.width()),
                StudyImages.CLASSES);
        return settings.flag("network.relu") ? vgg : withoutRelu(vgg);
    }

    private static ChainSpec withoutRelu(ChainSpec vgg) {
        List<NamedLayer> layers =
                vgg.layers().stream().flatMap(VggNets::withoutRelu).toList();
        return new ChainSpec(vgg.input(), layers, vgg.init());
    }

    private static Stream<NamedLayer> withoutRelu(NamedLayer named) {
        if (named.layer() instanceof LayerSpec.Relu) {
            return Stream.empty();
        }
        return Stream.of(
                named.layer() instanceof LayerSpec.MaxPool pool
                        ? new NamedLayer(named.name(), new LayerSpec.AvgPool(pool.size()))
                        : named);
    }

    /** Channels of all BatchNorm layers. */
    static long channels(ChainSpec net) {
        Shape now = net.input();
        long channels = 0;
        for (NamedLayer named : net.layers()) {
            now = named.layer().output(now);
            channels += named.layer() instanceof LayerSpec.BatchNorm ? now.dim(0) : 0;
        }
        return channels;
    }
}
