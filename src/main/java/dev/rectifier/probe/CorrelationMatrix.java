package dev.rectifier.probe;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Correlations of T teacher nodes with S student nodes of one layer of one replica, on the host. */
public final class CorrelationMatrix {
    private final int teachers;
    private final int students;
    private final double[] values;

    /**
     * @param teachers T
     * @param values [T, S], row-major, held
     */
    public CorrelationMatrix(int teachers, double[] values) {
        this.teachers = teachers;
        this.students = values.length / teachers;
        this.values = values;
    }

    /** Replica {@code r} of a downloaded [R, T, S] block. */
    static CorrelationMatrix of(int teachers, double[] all, int replica, int replicas) {
        int block = all.length / replicas;
        return new CorrelationMatrix(teachers, Arrays.copyOfRange(all, replica * block, (replica + 1) * block));
    }

    public int teachers() {
        return teachers;
    }

    public int students() {
        return students;
    }

    public double at(int teacher, int student) {
        return values[teacher * students + student];
    }

    /** The student node that follows a teacher node best; the lowest index among equals. */
    public int winner(int teacher) {
        int best = 0;
        for (int j = 1; j < students; j++) {
            if (at(teacher, j) > at(teacher, best)) {
                best = j;
            }
        }
        return best;
    }

    /** max_j rho_ij of a teacher node. */
    public double best(int teacher) {
        return at(teacher, winner(teacher));
    }

    /** max_i rho_ij of a student node. */
    public double bestOfStudent(int student) {
        return IntStream.range(0, teachers)
                .mapToDouble(i -> at(i, student))
                .max()
                .orElse(Double.NaN);
    }

    /** Mean of {@link #best} over the teacher nodes that {@code counts} lets in; NaN for none. */
    public double meanBest(boolean[] counts) {
        return IntStream.range(0, teachers)
                .filter(i -> counts[i])
                .mapToDouble(this::best)
                .average()
                .orElse(Double.NaN);
    }

    /** Fraction of the teacher nodes let in whose best correlation exceeds {@code threshold}. */
    public double coverage(boolean[] counts, double threshold) {
        return IntStream.range(0, teachers)
                .filter(i -> counts[i])
                .mapToDouble(i -> best(i) > threshold ? 1 : 0)
                .average()
                .orElse(Double.NaN);
    }

    /** How many student nodes follow the teacher node better than {@code student} does: 0 is the first place. */
    public int rank(int teacher, int student) {
        int better = 0;
        for (int j = 0; j < students; j++) {
            if (at(teacher, j) > at(teacher, student)) {
                better++;
            }
        }
        return better;
    }
}
