package dev.rectifier.study.luckmatters;

import dev.rectifier.model.Activation;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;

/**
 * Nets whose teacher nodes overlap as much as their bias says: weights of teacher node j along axis j, bias h times the norm
 * of the weights, so that two nodes are active together Phi(h) times as often as one is. Rows (weights and bias) have unit
 * norm. As many students as teachers; fan-outs, random unit vectors, are the teacher's and are held. Student node j starts
 * at a given angle from teacher node j, in a random direction, with its bias. Replica r belongs to bias r / (A N), angle
 * (r / N) % A and net r % N of N; a net has the same fan-outs, directions and inputs in every cell.
 * Source: Luck Matters, theorem on lucky nodes with overlap.
 */
final class OverlapNets {
    private final Settings settings;
    private final int nodes;
    private final int inputs;
    private final SeedTree seeds;

    OverlapNets(Settings settings) {
        this.settings = settings;
        nodes = Math.toIntExact(settings.whole("teacher.hidden"));
        inputs = Math.toIntExact(settings.whole("inputs"));
        seeds = SeedTree.root(settings.whole("seed")).child("overlap");
        if (inputs <= nodes) {
            throw new IllegalArgumentException(
                    "'inputs' must exceed 'teacher.hidden', since every teacher node has an axis"
                            + " of its own, but they are " + inputs + " and " + nodes + ".");
        }
    }

    int nodes() {
        return nodes;
    }

    /** Biases over the norm of the weights: h. */
    double[] biases() {
        return settings.reals("biases").stream().mapToDouble(h -> h).toArray();
    }

    /** Angles at the start; a single 0 where none are given. */
    double[] angles() {
        return settings.get("angles").isEmpty() ? new double[1] : LuckyRatePart.angles(settings);
    }

    /** N: nets in a cell. */
    int nets() {
        return Math.toIntExact(settings.whole("networks"));
    }

    int replicas() {
        return biases().length * angles().length * nets();
    }

    /** First replica of the cell of a bias and an angle. */
    int cell(int bias, int angle) {
        return (bias * angles().length + angle) * nets();
    }

    MlpSpec spec() {
        return new MlpSpec(
                inputs,
                List.of(nodes),
                Math.toIntExact(settings.whole("outputs")),
                true,
                Activation.RELU,
                InitSchemes.TORCH_DEFAULT,
                Parametrisation.STANDARD);
    }

    /** One stream per replica; the cells share those of their nets. */
    Streams streams(String purpose) {
        List<Integer> ids = new ArrayList<>();
        for (int r = 0; r < replicas(); r++) {
            ids.add(r % nets());
        }
        return new Streams(seeds.child(purpose), ids);
    }

    /** [R, P]. */
    HostTensor teacher() {
        return parameters(new double[angles().length]);
    }

    /** [R, P]. */
    HostTensor student() {
        return parameters(angles());
    }

    private HostTensor parameters(double[] angles) {
        ParameterLayout layout = ParameterLayout.of(spec());
        int size = Math.toIntExact(layout.size());
        double[] all = new double[replicas() * size];
        for (int r = 0; r < replicas(); r++) {
            double h = biases()[r / (nets() * angles.length)];
            double angle = angles[r / nets() % angles.length];
            for (int j = 0; j < nodes; j++) {
                row(all, r * size, layout, j, new Row(h, angle, direction(r % nets(), j)));
            }
            fanOuts(all, r * size + Math.toIntExact(layout.weight(1).offset()), r % nets());
        }
        return HostTensor.rounded(DType.F32, Shape.of(replicas(), size), all);
    }

    /** How a node is made: bias over norm, angle from its axis, and towards where. */
    @SuppressWarnings("ArrayRecordComponent") // made and used up at once
    private record Row(double bias, double angle, double[] direction) {}

    private void row(double[] all, int base, ParameterLayout layout, int node, Row row) {
        double norm = 1 / Math.sqrt(1 + row.bias() * row.bias());
        int from = base + Math.toIntExact(layout.weight(0).offset()) + node * inputs;
        for (int d = 0; d < inputs; d++) {
            double axis = d == node ? Math.cos(row.angle()) : 0;
            all[from + d] = norm * (axis + Math.sin(row.angle()) * row.direction()[d]);
        }
        all[base + Math.toIntExact(layout.bias(0).offset()) + node] = norm * row.bias();
    }

    /** A random unit vector orthogonal to axis {@code node}. */
    private double[] direction(int net, int node) {
        double[] u = Gaussians.vector(seeds.child(net), "direction", node, inputs);
        u[node] = 0;
        Vectors.normalize(u);
        return u;
    }

    private void fanOuts(double[] all, int from, int net) {
        double[][] rows = Gaussians.unitRows(seeds.child(net), "fan-out", nodes, spec().outputs());
        for (int k = 0; k < spec().outputs(); k++) {
            for (int j = 0; j < nodes; j++) {
                all[from + k * nodes + j] = rows[j][k];
            }
        }
    }
}
