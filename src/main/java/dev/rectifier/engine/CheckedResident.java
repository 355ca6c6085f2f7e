package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import java.util.Optional;

/** {@link ResidentOps} behind checks. */
record CheckedResident(Engine engine, ResidentOps target) implements ResidentOps {
    static final String STRETCHES = "stretches of training";

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        check(task);
        return IeeeOnly.refusal(engine, STRETCHES, task.state().parameters().weights())
                .or(() -> target.refusal(task, examples));
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        check(task);
        return target.disadvantage(task, examples);
    }

    @Override
    public String manner(ResidentTask task, long examples) {
        check(task);
        return target.manner(task, examples);
    }

    @Override
    public ResidentOps rule() {
        return target.rule();
    }

    @Override
    public boolean keepsBits() {
        return target.keepsBits();
    }

    @Override
    public Resident open(ResidentTask task) {
        check(task);
        IeeeOnly.require(engine, STRETCHES, task.state().parameters().weights());
        Resident resident = target.open(task);
        return (feed, stretch) -> {
            check(task, feed);
            if (stretch.first() < 0) {
                throw new IllegalArgumentException(
                        "resident.train: step " + stretch.first() + " is negative; steps count from 0.");
            }
            stretch.ring().ifPresent(ring -> check(task, ring, stretch.steps()));
            resident.train(feed, stretch);
        };
    }

    private void check(ResidentTask task) {
        View weights = task.state().parameters().weights();
        View gradient = task.state().parameters().gradient();
        View state = task.state().parameters().state();
        View hyper = task.state().hyper();
        View loss = task.state().loss();
        Health health = task.state().health();
        View mask = task.state().parameters().mask().orElse(hyper);
        View taught = task.teacher().map(ResidentTask.Teacher::parameters).orElse(weights);
        Call call = new Call(
                engine,
                "resident.open",
                "weights",
                weights,
                "gradient",
                gradient,
                "state",
                state,
                "hyper",
                hyper,
                "mask",
                mask,
                "cause",
                health.cause(),
                "step",
                health.step(),
                "loss",
                loss,
                "teacher",
                taught);
        CheckedUpdate.state(call, task.rule(), task.state().parameters(), hyper, health);
        call.shape(weights, "[R, P]", task.student().parameters());
        call.apart(gradient, weights);
        call.type(loss, DType.F64);
        call.shape(loss, "[R]");
        call.written(loss);
        call.floating(weights, taught);
        task.teacher().ifPresent(teacher -> checkTeacher(call, task, teacher));
        if (task.isPopulation()) {
            task.populationNets(); // refuses what has no closed form
        }
        for (int layer : task.unitNormLayers()) {
            if (layer < 0 || layer >= task.student().layers()) {
                throw new ShapeException(
                        "resident.open: there is no layer " + layer + " to normalise in " + task.student() + ".");
            }
        }
    }

    private static void checkTeacher(Call call, ResidentTask task, ResidentTask.Teacher teacher) {
        call.shape(teacher.parameters(), "[R, P of the teacher]", teacher.net().parameters());
        if (teacher.net().inputs() != task.student().inputs()
                || teacher.net().outputs() != task.student().outputs()
                || teacher.answersLabel() != (task.loss() == LossKind.SOFTMAX_CROSS_ENTROPY)) {
            throw new ShapeException("resident.open: a teacher " + teacher.net() + " that answers "
                    + (teacher.answersLabel() ? "labels" : "outputs") + " cannot teach " + task.student()
                    + " by the loss " + task.loss() + ".");
        }
    }

    private void check(ResidentTask task, Feed feed) {
        View weights = task.state().parameters().weights();
        if (task.isPopulation() != (feed instanceof Feed.Population)) {
            throw new ShapeException(
                    "resident.train: a task that sees " + task.inputs() + " cannot be fed " + feed + ".");
        }
        if (feed instanceof Feed.Stream stream) {
            Call call = new Call(engine, "resident.train", "weights", weights, "streams", stream.streams());
            call.type(stream.streams(), DType.I64);
            call.shape(stream.streams(), "[R, 2]", 2);
        } else if (feed instanceof Feed.Rows rows) {
            View targets = rows.targets().orElse(rows.x());
            Call call = new Call(engine, "resident.train", "weights", weights, "x", rows.x(), "targets", targets);
            call.type(rows.x(), weights.dtype());
            call.rank(rows.x(), "[R, M, D]", 3);
            call.shape(rows.x(), "[R, M, D]", rows.x().dim(1), task.student().inputs());
            checkTargets(call, task, rows);
        }
        if (feed.examples() < 1
                || (feed instanceof Feed.Stream && task.teacher().isEmpty())) {
            throw new ShapeException(
                    "resident.train: needs at least one example a step and, where inputs are made fresh,"
                            + " a teacher that says the targets.");
        }
    }

    private void check(ResidentTask task, Ring ring, int steps) {
        View weights = task.state().parameters().weights();
        View[] kept = {ring.weights(), ring.losses()};
        Call call =
                new Call(engine, "resident.train", "weights", weights, "ring", kept[0], "losses of the ring", kept[1]);
        call.floating(weights, kept[0]);
        call.shape(kept[0], "[R, S, P]", ring.after().length, task.student().parameters());
        call.apart(kept[0], weights);
        call.type(kept[1], DType.F64);
        call.shape(kept[1], "[R, S]", ring.after().length);
        call.written(kept[1]);
        int last = 0;
        for (int after : ring.after()) {
            if (after <= last || after > steps) {
                throw new IllegalArgumentException("resident.train: a slot of the ring is filled after update " + after
                        + " of " + steps + ", but they must ascend from 1 on, one slot an update.");
            }
            last = after;
        }
    }

    private static void checkTargets(Call call, ResidentTask task, Feed.Rows rows) {
        if (task.teacher().isPresent()) {
            return;
        }
        View targets = rows.targets()
                .orElseThrow(
                        () -> new ShapeException("resident.train: neither a teacher nor the set says the targets."));
        if (task.loss() == LossKind.SOFTMAX_CROSS_ENTROPY) {
            call.type(targets, DType.I32);
            call.shape(targets, "[R, M]", rows.x().dim(1));
        } else {
            call.type(targets, rows.x().dtype());
            call.shape(targets, "[R, M, K]", rows.x().dim(1), task.student().outputs());
        }
    }
}
