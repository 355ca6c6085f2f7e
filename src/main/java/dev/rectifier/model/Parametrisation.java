package dev.rectifier.model;

/**
 * How the scales of a layer follow its widths: powers of its fan-in and fan-out, in one table.
 *
 * <p>A layer computes z = m W h + b. Relative to the {@link InitScheme} (deviation s, proportional to 1/sqrt(fan-in) for
 * He, LeCun and PyTorch's default) and to the base learning rate: m = in^multiplier, deviation of the stored weights =
 * s in^deviation, rate of the weights = in^rateIn out^rateOut, rate of the biases = out^biasRate.
 *
 * <pre>
 *              role    multiplier  deviation  rateIn  rateOut  biasRate
 * STANDARD     all          0          0         0       0        0
 * NTK          all       -1/2       +1/2         0       0        0
 * MEAN_FIELD   INPUT        0          0         0      +1       +1
 *              HIDDEN      -1       +1/2        +1      +1       +1
 *              OUTPUT      -1       +1/2        +1       0        0
 * MU_P         INPUT        0          0         0      +1       +1
 * (SGD rates)  HIDDEN       0          0         0       0       +1
 *              OUTPUT       0       -1/2        -1       0        0
 * MU_P_ADAM    INPUT        0          0         0       0        0
 *              HIDDEN      -1         +1         0       0        0
 *              OUTPUT      -1       +1/2         0       0        0
 * </pre>
 *
 * <p>The powers are absolute (base width 1), so a good base rate in one row is not a good one in another. Rates act by
 * scaling the gradient, which is a rate for SGD and its momentum forms and nothing for Adam; MU_P_ADAM is therefore MU_P
 * in the gauge (m, s, rate) = (m c, s / c, rate / c) of Adam in which all its rates are 1. L2 and weight decay act with
 * the base rate. Deep mean-field networks with independent weights are degenerate in the limit; the row is meant for one
 * hidden layer, and generalises as in the last source.
 *
 * <p>Sources: NTK: Jacot, Gabriel, Hongler 2018, section 2 (beta = 1 on biases). Mean field: Mei, Montanari, Nguyen 2018;
 * Chizat and Bach 2018. MU_P: Yang, Hu et al. 2022 (Tensor Programs V), table 3; symmetry: Yang and Hu 2021, section 3.
 * Deep mean field: Nguyen and Pham 2020.
 */
@SuppressWarnings("ImmutableEnumChecker") // a private record of numbers is immutable
public enum Parametrisation {
    /** Scales as the init says, one learning rate. */
    STANDARD(Powers.NONE, Powers.NONE, Powers.NONE),
    /** Lazy limit: the kernel stays as at the start when widths grow. */
    NTK(new Powers(-0.5, 0.5, 0, 0, 0), new Powers(-0.5, 0.5, 0, 0, 0), new Powers(-0.5, 0.5, 0, 0, 0)),
    /** Averages over units, time scaled so that units move by order one. */
    MEAN_FIELD(new Powers(0, 0, 0, 1, 1), new Powers(-1, 0.5, 1, 1, 1), new Powers(-1, 0.5, 1, 0, 0)),
    /** Maximal update, for SGD and its momentum forms. */
    MU_P(new Powers(0, 0, 0, 1, 1), new Powers(0, 0, 0, 0, 1), new Powers(0, -0.5, -1, 0, 0)),
    /** Maximal update, for Adam. */
    MU_P_ADAM(Powers.NONE, new Powers(-1, 1, 0, 0, 0), new Powers(-1, 0.5, 0, 0, 0));

    /** One row of the table: exponents. */
    private record Powers(double multiplier, double deviation, double rateIn, double rateOut, double biasRate) {
        static final Powers NONE = new Powers(0, 0, 0, 0, 0);
    }

    private final Powers input;
    private final Powers hidden;
    private final Powers output;

    Parametrisation(Powers input, Powers hidden, Powers output) {
        this.input = input;
        this.hidden = hidden;
        this.output = output;
    }

    private Powers powers(Role role) {
        return switch (role) {
            case INPUT -> input;
            case HIDDEN -> hidden;
            case OUTPUT -> output;
        };
    }

    /** m of a layer: what its products are multiplied by in every forward pass. */
    public double multiplier(Role role, int fanIn) {
        return StrictMath.pow(fanIn, powers(role).multiplier());
    }

    /** What the init's weights are multiplied by when they are stored. */
    public double deviation(Role role, int fanIn) {
        return StrictMath.pow(fanIn, powers(role).deviation());
    }

    /** Learning-rate factor of a layer's weights. */
    public double weightRate(Role role, int fanIn, int fanOut) {
        return StrictMath.pow(fanIn, powers(role).rateIn())
                * StrictMath.pow(fanOut, powers(role).rateOut());
    }

    /** Learning-rate factor of a layer's biases. */
    public double biasRate(Role role, int fanOut) {
        return StrictMath.pow(fanOut, powers(role).biasRate());
    }
}
