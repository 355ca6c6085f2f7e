package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Stretch;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Stretches of steps on all Gaussian inputs, each replica's by one thread. */
final class ResidentPopulationF32 implements Resident {
    private final ResidentTask task;
    private final Queue queue;
    private final Deque<PopulationPupilF32> idle = new ConcurrentLinkedDeque<>();

    ResidentPopulationF32(ResidentTask task, Queue queue) {
        this.task = task;
        this.queue = queue;
    }

    @Override
    public void train(Feed feed, Stretch stretch) {
        if (stretch.steps() == 0) {
            return;
        }
        int replicas = (int) task.state().loss().replicas();
        long cost = PopulationF32.cost(task.populationNets()) * stretch.steps() * replicas;
        queue.meet(replicas, cost, (first, last, scratch) -> {
            PopulationPupilF32 held = idle.poll();
            PopulationPupilF32 pupil = held == null ? new PopulationPupilF32(task) : held;
            for (int r = first; r < last; r++) {
                pupil.train(r, stretch);
            }
            idle.push(pupil);
        });
    }
}
