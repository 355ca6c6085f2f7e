package dev.rectifier.study.luckmatters;

import dev.rectifier.model.Activation;
import dev.rectifier.model.InitScheme;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.model.RowNorm;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Teachers and starting students of LM-4. Replica r has cell r / S and teacher r % S of S; the same teacher, noise and inputs
 * come back in every cell. A student's row is noise of unit norm (over weights and bias) plus p_l times the teacher's row, in
 * layer 0 for the first M nodes, in layer 1 over the fan-outs of the first M nodes and the bias, then divided by its norm.
 * Source: Luck Matters, figure of theorem 5 and its code.
 */
final class TwoLayerStart {
    private final Settings settings;
    private final MlpSpec teacher;
    private final MlpSpec student;
    private final SeedTree seeds;

    TwoLayerStart(Settings settings) {
        this.settings = settings;
        double bias = -settings.real("teacher.bias");
        InitScheme separated = new InitScheme.RowNormalised(
                new InitScheme.Separated(InitSchemes.FIVE_VALUES, bias, bias), RowNorm.JOINT);
        teacher = new MlpSpec(
                Math.toIntExact(settings.whole("inputs")),
                List.of(Math.toIntExact(settings.whole("teacher.hidden"))),
                Math.toIntExact(settings.whole("outputs")),
                true,
                Activation.valueOf(settings.text("activation").toUpperCase(Locale.ROOT)),
                separated,
                Parametrisation.STANDARD);
        student = teacher.widened(Math.toIntExact(settings.whole("student.multiple")))
                .withInit(new InitScheme.RowNormalised(new InitScheme.Gaussian(1, 1), RowNorm.JOINT));
        seeds = SeedTree.root(settings.whole("seed")).child("two-layer");
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

    /** Pairs (p1, p2). */
    List<double[]> cells() {
        List<Double> flat = settings.reals("cells");
        List<double[]> cells = new ArrayList<>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            cells.add(new double[] {flat.get(i), flat.get(i + 1)});
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
        return Initializer.draw(teacher, DType.F32, streams("teacher"));
    }

    /** [R, P]. */
    HostTensor studentParameters() {
        HostTensor noise = Initializer.draw(student, DType.F64, streams("student"));
        HostTensor truth = Initializer.draw(teacher, DType.F64, streams("teacher"));
        for (int r = 0; r < replicas(); r++) {
            double[] luck = cells().get(r / teachers());
            Seeding seeding = new Seeding(noise, truth, r);
            seeding.towards(0, teacher.hidden().get(0), luck[0]);
            seeding.towards(1, teacher.outputs(), luck[1]);
        }
        return HostTensor.rounded(DType.F32, noise.shape(), noise.doubles());
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

        void towards(int layer, int rows, double p) {
            ParameterLayout ownLayout = ParameterLayout.of(student);
            ParameterLayout truthLayout = ParameterLayout.of(teacher);
            int ownWeight = ownBase + Math.toIntExact(ownLayout.weight(layer).offset());
            int ownBias = ownBase + Math.toIntExact(ownLayout.bias(layer).offset());
            int truthWeight =
                    truthBase + Math.toIntExact(truthLayout.weight(layer).offset());
            int truthBias = truthBase + Math.toIntExact(truthLayout.bias(layer).offset());
            for (int k = 0; k < rows; k++) {
                for (int d = 0; d < teacher.fanIn(layer); d++) {
                    own[ownWeight + k * student.fanIn(layer) + d] +=
                            p * truth[truthWeight + k * teacher.fanIn(layer) + d];
                }
                own[ownBias + k] += p * truth[truthBias + k];
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
