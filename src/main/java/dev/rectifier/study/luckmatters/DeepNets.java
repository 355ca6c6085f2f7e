package dev.rectifier.study.luckmatters;

import dev.rectifier.model.Activation;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Chunk;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Teachers and students of a deep run. Replica r has teacher r / T and is trial r % T of T; runs that differ in other settings
 * than the widths have the same teachers and students, so they can be compared replica by replica.
 */
record DeepNets(Settings settings) {
    /** Students whose parameters start with the signs of their teacher's. */
    static final String SAME_SIGN = "same-sign";

    int replicas() {
        return Math.toIntExact(settings.whole("teachers") * settings.whole("trials"));
    }

    SeedTree seeds() {
        return SeedTree.root(settings.whole("seed")).child("deep");
    }

    /** One stream of this purpose per replica. */
    Streams all(String purpose) {
        return Streams.range(seeds().child(purpose), 0, replicas());
    }

    /** All replicas. */
    Chunk whole() {
        return Chunk.whole(replicas());
    }

    MlpSpec teacher() {
        return new MlpSpec(
                Math.toIntExact(settings.whole("inputs")),
                settings.wholes("teacher.hidden").stream().map(Math::toIntExact).toList(),
                Math.toIntExact(settings.whole("outputs")),
                settings.flag("bias"),
                Activation.valueOf(settings.text("activation").toUpperCase(Locale.ROOT)),
                InitSchemes.named(settings.text("teacher.init")),
                Parametrisation.STANDARD);
    }

    MlpSpec student() {
        return teacher()
                .widened(Math.toIntExact(settings.whole("student.multiple")))
                .withInit(InitSchemes.TORCH_DEFAULT);
    }

    /** The teacher of every replica. */
    Targets.Teacher teachers() {
        return teachers(whole());
    }

    /** The teacher of every replica of a chunk. */
    Targets.Teacher teachers(Chunk chunk) {
        List<Integer> ids = new ArrayList<>();
        int trials = Math.toIntExact(settings.whole("trials"));
        for (int r = chunk.first(); r < chunk.first() + chunk.count(); r++) {
            ids.add(r / trials);
        }
        Streams streams = new Streams(seeds().child("teacher"), ids);
        return Targets.Teacher.of(teacher(), Initializer.draw(teacher(), DType.F32, streams));
    }

    /**
     * Refuses a start that does not go with the students' width.
     *
     * @throws IllegalArgumentException if it takes signs of a teacher of another width
     */
    void requireStart() {
        if (sameSigns() && settings.whole("student.multiple") != 1) {
            throw new IllegalArgumentException("student.start=" + SAME_SIGN
                    + " pairs every parameter of a student with one of its teacher, but student.multiple is "
                    + settings.whole("student.multiple") + ". Set student.multiple=1.");
        }
    }

    private boolean sameSigns() {
        return settings.text("student.start").equals(SAME_SIGN);
    }

    /** Starting parameters of the students: [R, P]. */
    HostTensor students(Targets.Teacher teachers) {
        return students(teachers, whole());
    }

    /** The same of a chunk, whose teachers are given. */
    HostTensor students(Targets.Teacher teachers, Chunk chunk) {
        requireStart();
        HostTensor drawn = Initializer.draw(student(), DType.F32, chunk.streams(seeds().child("student")));
        return sameSigns() ? withSigns(drawn, teachers.parameters()) : drawn;
    }

    /** Magnitudes of one tensor, signs of another; where the other is zero, the sign stays. */
    private static HostTensor withSigns(HostTensor magnitudes, HostTensor signs) {
        for (int i = 0; i < magnitudes.length(); i++) {
            if (signs.get(i) != 0) {
                magnitudes.set(i, Math.copySign(magnitudes.get(i), signs.get(i)));
            }
        }
        return magnitudes;
    }
}
