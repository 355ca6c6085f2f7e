package dev.rectifier.cli;

import dev.rectifier.bench.Axes;
import dev.rectifier.bench.Case;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.Subject;
import dev.rectifier.bench.Work;
import dev.rectifier.bench.training.LoopCase;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.Study;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Cases that train by a study's own loop. They are made here, since the bench does not know the studies: LM-4 of luck-matters by
 * its matrix dynamics, the paper's shapes, students 2, 5 and 10 times as wide as their teacher, four kinds of start.
 */
final class BenchStudies {
    private static final String STUDY = "luck-matters";
    private static final String RUN = "matrix-x";

    private BenchStudies() {}

    static List<Case> cases(Extent extent, boolean accelerator) {
        long teachers = accelerator ? extent.of(1, 4, 32) : 1;
        Study study = Studies.named(STUDY);
        List<Case> cases = new ArrayList<>();
        for (RunSpec planned : study.plan(extent == Extent.TINY ? Scale.SMOKE : Scale.FULL)) {
            if (planned.name().matches(RUN + "\\d+")) {
                cases.add(matrixDynamics(study, planned, teachers));
            }
        }
        return cases;
    }

    private static Case matrixDynamics(Study study, RunSpec planned, long teachers) {
        RunSpec spec = new RunSpec(
                planned.study(),
                planned.name(),
                planned.scale(),
                planned.settings().with("teachers", teachers));
        Experiment experiment = study.experiment(spec);
        Ensemble ensemble = experiment.ensemble().orElseThrow();
        Shapes shapes = Shapes.of(spec, ensemble.replicas());
        Axes axes =
                new Axes(Map.of("R", shapes.replicas, "N", shapes.batch, "W", shapes.width, "P", shapes.parameters()));
        double flops = experiment.cost() / spec.settings().whole("steps");
        Work work = new Work(shapes.leastTraffic(), flops, (double) shapes.batch * shapes.replicas);
        Subject subject = new Subject("studies", "luck-matters LM-4, matrix dynamics", axes, "W", work);
        Chunk all = Chunk.whole(ensemble.replicas());
        return new LoopCase(
                subject,
                (engine, data) -> ensemble.open(engine, data, all).loop(),
                shapes.deviceBytes(),
                8 * 8 * shapes.replicas * shapes.parameters());
    }

    /** What a two-layer run is made of. */
    private record Shapes(long replicas, long batch, long inputs, long taught, long width, long outputs) {
        static Shapes of(RunSpec spec, long replicas) {
            long taught = spec.settings().wholes("teacher.hidden").get(0);
            return new Shapes(
                    replicas,
                    spec.settings().whole("batch"),
                    spec.settings().whole("inputs"),
                    taught,
                    taught * spec.settings().whole("student.multiple"),
                    spec.settings().whole("outputs"));
        }

        long parameters() {
            return ParameterLayout.of(MlpSpec.of((int) inputs, (int) width, (int) outputs))
                    .size();
        }

        /** Weights read and written once, the batch written and read once. */
        double leastTraffic() {
            return 16.0 * replicas * (parameters() + batch * inputs);
        }

        /** Weights, gradient and update, activations of both networks, products of gates. */
        long deviceBytes() {
            long activations = 6 * batch * (width + taught + outputs);
            return 8 * replicas * (3 * parameters() + activations + 4 * width * (width + taught));
        }
    }
}
