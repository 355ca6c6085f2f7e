package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Launches of {@code resident.cu} and its kin. */
final class CudaResident implements ResidentOps {
    private static final long MOST_EXAMPLES = 256; // a guess until it is measured
    private static final long LEAST_FLAGS = 1024;
    private static final int NO_SLOT = -1;

    private final Kernels kernels;
    private final ResidentChoice choice;
    private final ResidentLaunch.Choice launches;
    private final GrowingBuffer done;
    private final Staging plans;
    private final Staging factors;
    private final Staging slots;
    private final ResidentRows rowNumbers;
    private final CudaPopulationStretches populations;

    CudaResident(Kernels kernels) {
        this(kernels, new ResidentChoice(kernels.context())::launches);
    }

    CudaResident(Kernels kernels, ResidentLaunch.Choice launches) {
        this.kernels = kernels;
        this.launches = launches;
        choice = new ResidentChoice(kernels.context());
        CudaMemory memory = kernels.context().memory();
        done = new GrowingBuffer(memory, "replicas that resident training has dealt with", DType.I32, LEAST_FLAGS);
        plans = new Staging(memory, "plan of resident training", DType.I32);
        factors = new Staging(memory, "learning-rate factors of resident training", DType.F64);
        slots = new Staging(memory, "slots of resident training", DType.I32);
        rowNumbers = new ResidentRows(kernels);
        populations = new CudaPopulationStretches(kernels, factors, slots);
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        if (task.isPopulation()) {
            return populations.refusal(task);
        }
        int layers = Math.max(
                task.student().layers(),
                task.teacher().map(t -> t.net().layers()).orElse(0));
        if (layers > ResidentPlan.LAYERS) {
            return Optional.of(
                    layers + " layers are more than the " + ResidentPlan.LAYERS + " a resident network may have");
        }
        return choice.refusal(new ResidentPlan(task, Math.toIntExact(examples)));
    }

    /**
     * Batches that are work for more than a block, or of which little fits one: then single operations do better. Not on
     * expectations, to which they give a block per replica as well.
     */
    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        if (task.isPopulation()) {
            return Optional.empty();
        }
        if (examples > MOST_EXAMPLES) {
            return Optional.of("batches of more than " + MOST_EXAMPLES + " examples are work for many blocks");
        }
        return choice.disadvantage(new ResidentPlan(task, Math.toIntExact(examples)));
    }

    @Override
    public String manner(ResidentTask task, long examples) {
        return task.isPopulation()
                ? "expectations in closed form, a block per replica"
                : ResidentOps.super.manner(task, examples);
    }

    @Override
    public Resident open(ResidentTask task) {
        return (feed, stretch) -> {
            if (feed instanceof Feed.Population) {
                populations.train(task, stretch);
            } else {
                train(task, feed, stretch);
            }
        };
    }

    private void train(ResidentTask task, Feed feed, Stretch stretch) {
        long replicas = task.state().loss().replicas();
        int most = feed instanceof Feed.Rows rows ? ResidentRows.mostSteps(rows, replicas) : Integer.MAX_VALUE;
        for (int done = 0; done < stretch.steps(); ) {
            int count = Math.min(most, stretch.steps() - done);
            launch(task, feed, stretch.part(done, count));
            kernels.context().synchronize();
            done += count;
        }
    }

    private void launch(ResidentTask task, Feed feed, Stretch stretch) {
        ResidentPlan plan = new ResidentPlan(task, feed.examples());
        long replicas = task.state().loss().replicas();
        HostTensor schedule = HostTensor.of(Shape.of(1, stretch.steps()), stretch.factors());
        Optional<View> table = stretch.ring().map(ring -> slots.of(table(ring, stretch.steps()), replicas));
        Inputs inputs = new Inputs(factors.of(schedule, replicas), table, rows(feed, stretch, replicas));
        List<ResidentLaunch> all = launches.launches(plan, replicas);
        Optional<View> flags =
                all.stream().allMatch(ResidentLaunch::isGeneral) ? Optional.empty() : Optional.of(flags(replicas));
        for (ResidentLaunch how : all) {
            Launch launch = state(how, task, flags, stretch.ring());
            feed(launch, feed, inputs.rows())
                    .view(inputs.factors())
                    .view(inputs.slots())
                    .view(plans.of(choice.words(how, plan, feed), replicas))
                    .size(replicas)
                    .size(stretch.first())
                    .size(stretch.steps())
                    .number(stretch.lossScale());
            numbers(launch, feed).run(how.grid(), how.sharedBytes());
        }
    }

    /** What is made on the host for all launches of a stretch. */
    private record Inputs(View factors, Optional<View> slots, Optional<View> rows) {}

    /** Which slot each step fills: I32 [1, steps]; see {@code Ring} in resident.cuh. */
    static HostTensor table(Ring ring, int steps) {
        int[] slots = new int[steps];
        Arrays.fill(slots, NO_SLOT);
        slots[steps - 1] = NO_SLOT - 1;
        for (int k = 0; k < ring.after().length; k++) {
            slots[ring.after()[k] - 1] = k;
        }
        return HostTensor.of(Shape.of(1, steps), slots);
    }

    private View flags(long replicas) {
        return new View(done.holding(replicas), 0, 1, Shape.of(replicas));
    }

    /** The launch with its first arguments: from the weights to the teacher. */
    private Launch state(ResidentLaunch how, ResidentTask task, Optional<View> flags, Optional<Ring> ring) {
        ResidentTask.State state = task.state();
        Launch launch = kernels.launch(
                        how.kernel(), state.parameters().weights().dtype())
                .allowShared(how.sharedBytes())
                .view(state.parameters().weights())
                .view(state.parameters().gradient())
                .view(state.parameters().state())
                .view(state.loss())
                .view(state.health().cause())
                .view(state.health().step());
        return launch.view(flags)
                .view(ring.map(Ring::weights))
                .view(ring.map(Ring::losses))
                .view(state.parameters().mask())
                .view(state.hyper())
                .view(task.teacher().map(ResidentTask.Teacher::parameters));
    }

    /** Streams, set, targets, labels, row numbers. */
    private static Launch feed(Launch launch, Feed feed, Optional<View> rowNumbers) {
        if (feed instanceof Feed.Rows rows) {
            boolean labels = rows.targets().map(t -> t.dtype() == DType.I32).orElse(false);
            return launch.absent()
                    .view(rows.x())
                    .view(rows.targets().filter(t -> !labels))
                    .view(rows.targets().filter(t -> labels))
                    .view(rowNumbers);
        }
        Feed.Stream stream = (Feed.Stream) feed;
        return launch.view(stream.streams()).absent().absent().absent().absent();
    }

    private Optional<View> rows(Feed feed, Stretch stretch, long replicas) {
        return feed instanceof Feed.Rows rows ? Optional.of(rowNumbers.of(rows, stretch, replicas)) : Optional.empty();
    }

    /** Offset and width of the stream's distribution. */
    private static Launch numbers(Launch launch, Feed feed) {
        if (feed instanceof Feed.Stream stream) {
            double width = stream.normal() ? stream.second() : stream.second() - stream.first();
            return launch.number(stream.first()).number(width);
        }
        return launch.number(0).number(0);
    }
}
