package dev.rectifier.study.luckmatters;

import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Targets;
import java.util.Map;

/**
 * What {@link SeparatedLoop} trains.
 *
 * @param student with biases
 * @param initial its starting parameters [R, P], F64
 * @param teacher of equal depth, parameters [R, P], F64
 * @param rate learning rate
 * @param steps updates in all
 * @param identity what the numbers depend on, kept with checkpoints
 */
record SeparatedTask(
        MlpSpec student,
        HostTensor initial,
        Targets.Teacher teacher,
        double rate,
        long steps,
        Map<String, String> identity) {}
