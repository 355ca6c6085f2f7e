package dev.rectifier.conformance;

import java.util.stream.Stream;

/** What an engine must do in one operation group, as trials. */
interface Contract {
    /** All trials, made one by one as they are asked for. */
    Stream<Trial> trials();

    /** Every operation group. */
    static Stream<Contract> all() {
        return Stream.of(
                new DenseContract(),
                new ConvContract(),
                new PointwiseContract(),
                new LossContract(),
                new LossTangentContract(),
                new ReduceContract(),
                new UpdateContract(),
                new RandomContract(),
                new NormContract(),
                new PoolContract(),
                new WeightNormContract(),
                new PopulationContract(),
                new StreamedContract());
    }
}
