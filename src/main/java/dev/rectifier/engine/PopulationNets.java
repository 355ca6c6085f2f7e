package dev.rectifier.engine;

/**
 * Widths of a student and a teacher f(x) = V relu(W x), both without biases, with flat parameters W [units, D], V [K, units].
 *
 * @param inputs D
 * @param student hidden units of the student, S
 * @param teacher hidden units of the teacher, T
 * @param outputs K
 */
public record PopulationNets(int inputs, int student, int teacher, int outputs) {
    public PopulationNets {
        if (inputs < 1 || student < 1 || teacher < 1 || outputs < 1) {
            throw new IllegalArgumentException("A student and a teacher need inputs, hidden units and outputs, not "
                    + inputs + "-" + student + "-" + outputs + " and " + inputs + "-" + teacher + "-" + outputs + ".");
        }
    }

    /** S + T. */
    public int units() {
        return student + teacher;
    }

    /** P of the student. */
    public long studentParameters() {
        return (long) student * (inputs + outputs);
    }

    /** P of the teacher. */
    public long teacherParameters() {
        return (long) teacher * (inputs + outputs);
    }
}
