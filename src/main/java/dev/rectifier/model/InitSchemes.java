package dev.rectifier.model;

import dev.rectifier.model.InitScheme.Distribution;
import dev.rectifier.model.InitScheme.Fan;
import dev.rectifier.model.InitScheme.Orthogonal;
import dev.rectifier.model.InitScheme.RowNormalised;
import dev.rectifier.model.InitScheme.Separated;
import dev.rectifier.model.InitScheme.TorchDefault;
import dev.rectifier.model.InitScheme.VarianceScaling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The initialisations that have a name, with their constants. */
public final class InitSchemes {
    /** Variance 2 / fan-in. He, Zhang, Ren, Sun 2015. */
    public static final InitScheme HE_NORMAL = new VarianceScaling(2, Fan.IN, Distribution.NORMAL);

    public static final InitScheme HE_UNIFORM = new VarianceScaling(2, Fan.IN, Distribution.UNIFORM);

    /** Variance 1 / fan-in. LeCun, Bottou, Orr, Mueller 1998. */
    public static final InitScheme LECUN_NORMAL = new VarianceScaling(1, Fan.IN, Distribution.NORMAL);

    public static final InitScheme LECUN_UNIFORM = new VarianceScaling(1, Fan.IN, Distribution.UNIFORM);

    /** Variance 2 / (fan-in + fan-out). Glorot and Bengio 2010. */
    public static final InitScheme XAVIER_NORMAL = new VarianceScaling(1, Fan.AVERAGE, Distribution.NORMAL);

    public static final InitScheme XAVIER_UNIFORM = new VarianceScaling(1, Fan.AVERAGE, Distribution.UNIFORM);

    /** Orthonormal rows or columns. */
    public static final InitScheme ORTHOGONAL = new Orthogonal(1);

    /** Weights and biases uniform on +-1/sqrt(fan-in): what students of the teacher-student papers start from. */
    public static final InitScheme TORCH_DEFAULT = new TorchDefault();

    /** Weight values of the teachers of Tian et al. 2019. */
    public static final List<Double> FIVE_VALUES = List.of(-0.5, -0.25, 0.0, 0.25, 0.5);

    /** Weight values of the teachers of Tian 2020. */
    public static final List<Double> NINE_VALUES = List.of(-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0);

    /** The random teacher of Tian, Jiang, Gong, Morcos 2019: separated rows, bias U(-0.5, 0.5), divided by the row norm. */
    public static final InitScheme SEPARATED_TEACHER =
            new RowNormalised(new Separated(FIVE_VALUES, -0.5, 0.5), RowNorm.BY_WEIGHTS);

    /** The same with nine values: multi-layer teachers of Tian 2020. */
    public static final InitScheme SEPARATED_TEACHER_NINE =
            new RowNormalised(new Separated(NINE_VALUES, -0.5, 0.5), RowNorm.BY_WEIGHTS);

    /** The «no-sep» ablation: PyTorch's default, then the same normalisation. */
    public static final InitScheme UNSEPARATED_TEACHER = new RowNormalised(TORCH_DEFAULT, RowNorm.BY_WEIGHTS);

    private static final Map<String, InitScheme> BY_NAME = byName();

    private InitSchemes() {}

    private static Map<String, InitScheme> byName() {
        Map<String, InitScheme> names = new LinkedHashMap<>();
        names.put("torch-default", TORCH_DEFAULT);
        names.put("he-normal", HE_NORMAL);
        names.put("he-uniform", HE_UNIFORM);
        names.put("lecun-normal", LECUN_NORMAL);
        names.put("lecun-uniform", LECUN_UNIFORM);
        names.put("xavier-normal", XAVIER_NORMAL);
        names.put("xavier-uniform", XAVIER_UNIFORM);
        names.put("orthogonal", ORTHOGONAL);
        names.put("separated", SEPARATED_TEACHER);
        names.put("separated-nine", SEPARATED_TEACHER_NINE);
        names.put("unseparated", UNSEPARATED_TEACHER);
        return Collections.unmodifiableMap(names);
    }

    /** All of them by the word a user types, in a stable order. */
    public static Map<String, InitScheme> named() {
        return BY_NAME;
    }

    /**
     * The scheme of that name.
     *
     * @throws IllegalArgumentException naming those that exist
     */
    public static InitScheme named(String name) {
        InitScheme scheme = BY_NAME.get(name);
        if (scheme == null) {
            throw new IllegalArgumentException(
                    "There is no init \"" + name + "\"; known are " + String.join(", ", BY_NAME.keySet()) + ".");
        }
        return scheme;
    }
}
