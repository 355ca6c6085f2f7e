package dev.rectifier.study.luckmatters;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Targets;

/** Networks of the right form where those that a run builds on need not be there yet: for a plan of memory and time. */
record DrawnSources(Settings settings, ChainSpec student) implements ImageSources {
    @Override
    public Targets.Teacher teachers(Chunk chunk) {
        ChainSpec teacher = new ImageNets(settings).teacher();
        return Targets.Teacher.of(teacher, drawn(teacher, chunk, "teacher"))
                .withState(Initializer.state(teacher, chunk.count()));
    }

    @Override
    public Start start(Chunk chunk) {
        return Start.whole(drawn(student, chunk, "student"));
    }

    private HostTensor drawn(ChainSpec net, Chunk chunk, String purpose) {
        return Initializer.draw(net, DType.F32, chunk.streams(ImageFeed.seed(settings, purpose)));
    }
}
