package dev.rectifier.study.luckmatters;

import dev.rectifier.model.Initializer;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.study.EarlierRuns;
import dev.rectifier.study.KeptStates;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Targets;

/** Teachers, and students to be cut down, out of the runs that trained them. Student r learns from teacher r modulo their number. */
record EarlierSources(RunSpec spec, EarlierRuns earlier) implements ImageSources {
    private Settings settings() {
        return spec.settings();
    }

    @Override
    public Targets.Teacher teachers(Chunk chunk) {
        int teachers = Math.toIntExact(settings().whole("teachers"));
        KeptStates kept =
                KeptStates.read(earlier.folder(ImagePlans.teachersOf(spec)), ImageTeachers.steps(settings()), teachers);
        return Targets.Teacher.of(new ImageNets(settings()).teacher(), rows(kept.parameters(), chunk))
                .withState(rows(kept.moments().orElseThrow(), chunk));
    }

    /** Of all teachers those of a chunk of students. */
    private static HostTensor rows(HostTensor all, Chunk chunk) {
        int teachers = Math.toIntExact(all.shape().dim(0));
        int block = all.length() / teachers;
        HostTensor result = HostTensor.zeros(all.dtype(), Shape.of(chunk.count(), block));
        for (int r = 0; r < chunk.count(); r++) {
            int teacher = (chunk.first() + r) % teachers;
            System.arraycopy(all.array(), teacher * block, result.array(), r * block, block);
        }
        return result;
    }

    @Override
    public Start start(Chunk chunk) {
        if (settings().get("reset.of").isPresent()) {
            return new ResetStart(spec, earlier.folder(ImagePlans.studentsOf(spec))).of(chunk);
        }
        return Start.whole(Initializer.draw(
                new ImageNets(settings()).student(), DType.F32, chunk.streams(ImageFeed.seed(settings(), "student"))));
    }
}
