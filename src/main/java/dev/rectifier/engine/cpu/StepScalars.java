package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Hyper;

/** One replica's hyper-parameters at one step, in fp64. */
@SuppressWarnings({"ArrayRecordComponent", "EnumOrdinal"
}) // a window on live storage; ordinals are the contract's codes
record StepScalars(double[] row, int at, double factor, long step) {
    private double get(Hyper column) {
        return row[at + column.ordinal()];
    }

    double rate() {
        return get(Hyper.LEARNING_RATE) * factor;
    }

    /** What decoupled decay multiplies a weight by. */
    double kept() {
        return 1 - rate() * get(Hyper.WEIGHT_DECAY);
    }

    double l2() {
        return get(Hyper.L2);
    }

    double momentum() {
        return get(Hyper.MOMENTUM);
    }

    double dampening() {
        return get(Hyper.DAMPENING);
    }

    double beta2() {
        return get(Hyper.BETA2);
    }

    double epsilon() {
        return get(Hyper.EPSILON);
    }

    /** Adam's rate with the first moment's bias correction. */
    double correctedRate() {
        return rate() / (1 - Math.pow(momentum(), step + 1.0));
    }

    /** What the root of Adam's second moment is multiplied by. */
    double rootCorrection() {
        return 1 / Math.sqrt(1 - Math.pow(beta2(), step + 1.0));
    }
}
