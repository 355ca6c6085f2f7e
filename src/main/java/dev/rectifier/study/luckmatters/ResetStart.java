package dev.rectifier.study.luckmatters;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.probe.CorrelationMatrix;
import dev.rectifier.probe.Winners;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.KeptStates;
import dev.rectifier.study.luckmatters.ImageSources.Start;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Parts of trained students as new students (LM-11): in every layer the nodes that win a teacher node in the end, one that wins
 * several counted once, or as many nodes drawn from all of the layer, with the weights and running moments they had after some
 * epoch; or as many nodes that are drawn anew. Teacher nodes that are constant are won by nobody.
 *
 * @param spec of the run that trains the parts
 * @param folder of the run that trained the students
 */
record ResetStart(RunSpec spec, Path folder) {
    private Settings settings() {
        return spec.settings();
    }

    private ImageNets nets() {
        return new ImageNets(settings());
    }

    Start of(Chunk chunk) {
        List<List<int[]>> winners = winners(chunk);
        return switch (settings().text("reset.nodes")) {
            case "winners" -> cut(chunk, winners);
            case "random" -> cut(chunk, drawn(chunk, winners));
            default -> fresh(chunk, winners);
        };
    }

    /** Per replica of the chunk and layer, ascending. */
    private List<List<int[]>> winners(Chunk chunk) {
        MetricTable table = MetricTable.read(folder);
        ImageNets nets = nets();
        long last = ImageFeed.plan(settings(), ImageStudents.BATCH).stepsPerEpoch()
                * settings().whole("epochs");
        List<List<int[]>> result = new ArrayList<>();
        IntStream.range(0, chunk.count()).forEach(r -> result.add(new ArrayList<>()));
        for (int l = 0; l < nets.teacherChannels().size(); l++) {
            Winners layer = new Winners(
                    table,
                    l,
                    nets.teacherChannels().get(l),
                    nets.studentChannels().get(l));
            for (int r = 0; r < chunk.count(); r++) {
                result.get(r).add(distinct(layer.matrix(chunk.first() + r, last)));
            }
        }
        return result;
    }

    private static int[] distinct(CorrelationMatrix end) {
        return IntStream.range(0, end.teachers())
                .filter(i -> !Double.isNaN(end.at(i, 0)))
                .map(end::winner)
                .distinct()
                .sorted()
                .toArray();
    }

    /** As many nodes of each layer, each set as likely as any other. */
    private List<List<int[]>> drawn(Chunk chunk, List<List<int[]>> sizes) {
        List<List<int[]>> result = new ArrayList<>();
        for (int r = 0; r < chunk.count(); r++) {
            SeedTree seed = ImageFeed.seed(settings(), "random nodes").child(chunk.first() + r);
            List<int[]> layers = new ArrayList<>();
            for (int l = 0; l < sizes.get(r).size(); l++) {
                layers.add(drawn(
                        sizes.get(r).get(l).length, nets().studentChannels().get(l), seed.child(l)));
            }
            result.add(layers);
        }
        return result;
    }

    /** The places of the smallest of {@code all} random words. */
    private static int[] drawn(int count, int all, SeedTree seed) {
        int groups = (all + 3) / 4;
        int[] words = new int[4 * groups];
        new Philox(seed.key(), 0, 0).words(0, groups, words);
        return IntStream.range(0, all)
                .boxed()
                .sorted((a, b) -> Integer.compareUnsigned(words[a], words[b]))
                .limit(count)
                .mapToInt(node -> node)
                .sorted()
                .toArray();
    }

    private Start cut(Chunk chunk, List<List<int[]>> nodes) {
        long step = ImageFeed.plan(settings(), ImageStudents.BATCH).stepsPerEpoch()
                * settings().whole("reset.epoch");
        KeptStates kept =
                KeptStates.read(folder, step, Math.toIntExact(settings().whole("replicas")));
        Optional<HostTensor> moments = kept.moments().map(chunk::of);
        return parts(nets().student(), chunk.of(kept.parameters()), moments, nodes);
    }

    private Start fresh(Chunk chunk, List<List<int[]>> sizes) {
        ChainSpec part = nets().part();
        List<List<int[]>> first = sizes.stream()
                .map(layers -> layers.stream()
                        .map(nodes -> IntStream.range(0, nodes.length).toArray())
                        .toList())
                .toList();
        HostTensor drawn = Initializer.draw(part, DType.F32, chunk.streams(ImageFeed.seed(settings(), "fresh")));
        return parts(part, drawn, Optional.of(Initializer.state(part, chunk.count())), first);
    }

    private Start parts(ChainSpec wide, HostTensor parameters, Optional<HostTensor> moments, List<List<int[]>> nodes) {
        ChainSpec part = nets().part();
        int replicas = nodes.size();
        HostTensor cut =
                HostTensor.zeros(DType.F32, Shape.of(replicas, part.layout().size()));
        HostTensor cutMoments = Initializer.state(part, replicas);
        int words = Math.toIntExact(PointwiseOps.maskWords(part.layout().size()));
        int[] masks = new int[replicas * words];
        for (int r = 0; r < replicas; r++) {
            SubNetwork of = new SubNetwork(wide, part, nodes.get(r));
            of.parameters(parameters, r, cut, r);
            if (moments.isPresent()) {
                of.moments(moments.get(), r, cutMoments, r);
            }
            System.arraycopy(of.mask().words(1).ints(), 0, masks, r * words, words);
        }
        return new Start(
                cut,
                moments.map(any -> cutMoments),
                Optional.of(HostTensor.of(Shape.of(replicas, words), masks)),
                counts(nodes));
    }

    /** By layer, per replica. */
    private static List<double[]> counts(List<List<int[]>> nodes) {
        return IntStream.range(0, nodes.get(0).size())
                .mapToObj(l -> nodes.stream()
                        .mapToDouble(layers -> layers.get(l).length)
                        .toArray())
                .toList();
    }
}
