package dev.rectifier.study.luckmatters;

import dev.rectifier.model.Activation;
import dev.rectifier.model.InitScheme;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.model.RowNorm;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Teachers and starting students of LM-4 and LM-5. Replica r has cell r / S and teacher r % S of S; the same teacher, noise
 * and inputs come back in every cell. A student's row is noise plus p_l times the teacher's row, in layer 0 for the first M
 * nodes, above it over the fan-outs of the first M nodes of the layer below and the bias, for the first M nodes; then all
 * rows are divided by their norm. Noise has unit norm (over weights and bias), or, where {@code student.deviation} is set,
 * normal entries of that deviation. Source: Luck Matters, figure of theorem 5 and its code.
 */
final class SeededStart {
    private final Settings settings;
    private final MlpSpec teacher;
    private final MlpSpec student;
    private final SeedTree seeds;
    private final boolean unitNoise;

    SeededStart(Settings settings) {
        this.settings = settings;
        double bias = -settings.real("teacher.bias");
        InitScheme separated = new InitScheme.RowNormalised(
                new InitScheme.Separated(InitSchemes.FIVE_VALUES, bias, bias), RowNorm.JOINT);
        teacher = new MlpSpec(
                Math.toIntExact(settings.whole("inputs")),
                hidden(settings),
                Math.toIntExact(settings.whole("outputs")),
                true,
                Activation.valueOf(settings.text("activation").toUpperCase(Locale.ROOT)),
                separated,
                Parametrisation.STANDARD);
        student = teacher.widened(Math.toIntExact(settings.whole("student.multiple")))
                .withInit(noise(settings));
        unitNoise = settings.get("student.deviation").isEmpty();
        seeds = SeedTree.root(settings.whole("seed")).child("two-layer");
    }

    private static List<Integer> hidden(Settings settings) {
        boolean one = settings.get("teacher.hidden").orElseThrow() instanceof Setting.Whole;
        List<Long> widths = one ? List.of(settings.whole("teacher.hidden")) : settings.wholes("teacher.hidden");
        return widths.stream().map(Math::toIntExact).toList();
    }

    private static InitScheme noise(Settings settings) {
        if (settings.get("student.deviation").isEmpty()) {
            return new InitScheme.RowNormalised(new InitScheme.Gaussian(1, 1), RowNorm.JOINT);
        }
        double deviation = settings.real("student.deviation");
        return new InitScheme.Gaussian(deviation, deviation);
    }

    MlpSpec teacher() {
        return teacher;
    }

    MlpSpec student() {
        return student;
    }

    int teachers() {
        return Math.toIntExact(settings.whole("teachers"));
    }

    /** Chances (p1, p2) of a two-layer student, (p1, p2, p3) of a three-layer one. */
    List<double[]> cells() {
        List<Double> flat = settings.reals("cells");
        int layers = teacher.layers();
        if (flat.isEmpty() || flat.size() % layers != 0) {
            throw new IllegalArgumentException(
                    "'cells' must have " + layers + " chances per cell, one for each layer, but" + " it has "
                            + flat.size() + " values. Give a multiple of " + layers + ".");
        }
        List<double[]> cells = new ArrayList<>();
        for (int i = 0; i < flat.size(); i += layers) {
            cells.add(flat.subList(i, i + layers).stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray());
        }
        return cells;
    }

    int replicas() {
        return teachers() * cells().size();
    }

    /** Streams for a purpose, one per replica; replicas of the same teacher share theirs. */
    Streams streams(String purpose) {
        List<Integer> ids = new ArrayList<>();
        for (int r = 0; r < replicas(); r++) {
            ids.add(r % teachers());
        }
        return new Streams(seeds.child(purpose), ids);
    }

    HostTensor teacherParameters() {
        return teacherParameters(DType.F32);
    }

    /** [R, P]. */
    HostTensor teacherParameters(DType dtype) {
        return teacherParameters(dtype, Chunk.whole(replicas()));
    }

    /** [R of the chunk, P]. */
    HostTensor teacherParameters(DType dtype, Chunk chunk) {
        return Initializer.draw(teacher, dtype, chunk.of(streams("teacher")));
    }

    /** [R, P]. */
    HostTensor studentParameters() {
        return studentParameters(DType.F32);
    }

    /** [R, P]. */
    HostTensor studentParameters(DType dtype) {
        return studentParameters(dtype, Chunk.whole(replicas()));
    }

    /** [R of the chunk, P]. */
    HostTensor studentParameters(DType dtype, Chunk chunk) {
        HostTensor noise = Initializer.draw(student, DType.F64, chunk.of(streams("student")));
        HostTensor truth = teacherParameters(DType.F64, chunk);
        for (int r = 0; r < chunk.count(); r++) {
            double[] luck = cells().get((chunk.first() + r) / teachers());
            Seeding seeding = new Seeding(noise, truth, r);
            for (int l = 0; l < teacher.layers(); l++) {
                seeding.towards(l, luck[l]);
            }
        }
        return HostTensor.rounded(dtype, noise.shape(), noise.doubles());
    }

    /** Moves rows of one replica's student towards the rows of its teacher. */
    private final class Seeding {
        private final double[] own;
        private final double[] truth;
        private final int ownBase;
        private final int truthBase;

        Seeding(HostTensor noise, HostTensor truth, int replica) {
            own = noise.doubles();
            this.truth = truth.doubles();
            ownBase = Math.toIntExact(replica * noise.shape().dim(1));
            truthBase = Math.toIntExact(replica * truth.shape().dim(1));
        }

        void towards(int layer, double p) {
            ParameterLayout ownLayout = ParameterLayout.of(student);
            ParameterLayout truthLayout = ParameterLayout.of(teacher);
            int ownWeight = ownBase + Math.toIntExact(ownLayout.weight(layer).offset());
            int ownBias = ownBase + Math.toIntExact(ownLayout.bias(layer).offset());
            int truthWeight =
                    truthBase + Math.toIntExact(truthLayout.weight(layer).offset());
            int truthBias = truthBase + Math.toIntExact(truthLayout.bias(layer).offset());
            for (int k = 0; k < teacher.fanOut(layer); k++) {
                for (int d = 0; d < teacher.fanIn(layer); d++) {
                    own[ownWeight + k * student.fanIn(layer) + d] +=
                            p * truth[truthWeight + k * teacher.fanIn(layer) + d];
                }
                own[ownBias + k] += p * truth[truthBias + k];
            }
            for (int k = 0; k < (unitNoise ? teacher : student).fanOut(layer); k++) {
                normalise(ownWeight + k * student.fanIn(layer), student.fanIn(layer), ownBias + k);
            }
        }

        private void normalise(int from, int count, int bias) {
            double sum = own[bias] * own[bias];
            for (int d = 0; d < count; d++) {
                sum += own[from + d] * own[from + d];
            }
            double norm = Math.sqrt(sum);
            for (int d = 0; d < count; d++) {
                own[from + d] /= norm;
            }
            own[bias] /= norm;
        }
    }
}
