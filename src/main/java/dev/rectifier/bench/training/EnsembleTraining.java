package dev.rectifier.bench.training;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterMask;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import dev.rectifier.train.Way;
import java.util.Optional;

/** An ensemble in training on one engine, in one type and way. */
final class EnsembleTraining implements AutoCloseable {
    private final Ensemble ensemble;
    private final Engine engine;
    private final DType type;
    private final Arena arena;
    private final Trainer trainer;

    /** @throws IllegalArgumentException if it cannot be trained that way */
    EnsembleTraining(Engine engine, DType type, Ensemble ensemble, EnsembleArrays arrays, Way way) {
        this.ensemble = ensemble;
        this.engine = engine;
        this.type = type;
        arena = engine.openArena("bench data");
        try {
            TrainSpec spec = TrainSpec.of(ensemble.loss(), ensemble.optimiser(), Long.MAX_VALUE);
            trainer = new Trainer(
                    engine,
                    new TrainTask(
                            ensemble.student(), weights(arrays.weights()), data(arrays), targets(), spec, mask(arrays)),
                    way);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The first R rows, in this training's type. */
    private HostTensor weights(HostTensor all) {
        if (type == all.dtype() && all.shape().dim(0) == ensemble.replicas()) {
            return all;
        }
        HostTensor part = HostTensor.zeros(type, all.shape().tail().prepend(ensemble.replicas()));
        for (int i = 0; i < part.length(); i++) {
            part.set(i, all.get(i));
        }
        return part;
    }

    private HostTensor widened(HostTensor values) {
        return values.dtype() == DType.I32 || values.dtype() == type
                ? values
                : HostTensor.rounded(type, values.shape(), values.toDoubles());
    }

    private Optional<HostTensor> mask(EnsembleArrays arrays) {
        return arrays.moves().map(moves -> {
            ParameterMask mask = ParameterMask.allMove(ParameterLayout.of(ensemble.student()));
            for (int i = 0; i < moves.length; i++) {
                if (!moves[i]) {
                    mask.freeze(i);
                }
            }
            return mask.words(ensemble.replicas());
        });
    }

    private DataSource data(EnsembleArrays arrays) {
        Streams streams = Streams.range(EnsembleArrays.seed().child("data"), 0, ensemble.replicas());
        if (ensemble.feeding() == Feeding.SET) {
            FiniteSet set = FiniteSet.of(arena, widened(arrays.inputs()), ensemble.replicas())
                    .withTargets(arena, widened(arrays.targets()));
            BatchPlan plan = new BatchPlan(ensemble.examples(), ensemble.batch(), BatchPlan.Order.SEQUENTIAL);
            return new Minibatches(engine, arena, set, plan, streams, Sharing.SHARED);
        }
        Sharing sharing = ensemble.feeding() == Feeding.OWN_STREAM ? Sharing.PER_REPLICA : Sharing.SHARED;
        InputShape shape =
                new InputShape(type, ensemble.batch(), ensemble.student().inputs());
        return new FreshInputs(engine, arena, StreamSpec.normal(0, 1), shape, streams, sharing);
    }

    private Targets targets() {
        if (ensemble.feeding() == Feeding.SET) {
            return new Targets.FromData();
        }
        Streams stream = Streams.single(EnsembleArrays.seed().child("teacher"));
        HostTensor drawn = Initializer.draw(ensemble.student(), DType.F32, stream);
        return Targets.Teacher.of(ensemble.student(), widened(drawn));
    }

    /** Does so many steps; does not wait for them. */
    void advance(long steps) {
        trainer.advance(steps);
    }

    /** [R, P]. */
    HostTensor parameters() {
        return trainer.parameters().flat().download();
    }

    /** How many replicas stopped because a number was not finite. */
    long failures() {
        return trainer.status().stream().filter(status -> status.hasFailed()).count();
    }

    /** The way in one or two words. */
    String kind() {
        return way().replaceFirst(":.*", "");
    }

    /** The way, why, in words. */
    String way() {
        return trainer.way();
    }

    @Override
    public void close() {
        trainer.close();
        arena.close();
    }
}
