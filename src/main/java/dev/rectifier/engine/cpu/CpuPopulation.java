package dev.rectifier.engine.cpu;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.engine.View;

/** Picks the element type. */
final class CpuPopulation implements PopulationOps {
    private final ByType<PopulationOps> byType;

    CpuPopulation(Queue queue) {
        byType = new ByType<>(new PopulationF32(queue), new PopulationF64(queue));
    }

    @Override
    public void squaredRelu(View loss, View gradient, View student, View teacher, PopulationNets nets, double scale) {
        byType.of(student).squaredRelu(loss, gradient, student, teacher, nets, scale);
    }
}
