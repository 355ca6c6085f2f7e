package dev.rectifier.engine;

/** One ensemble that trains by whole stretches; made by {@link ResidentOps#open}. Owns host memory alone. */
public interface Resident {
    /**
     * Does the updates of a stretch. Afterwards the task's weights, state, gradient, loss and health are what as many single
     * steps (batch, targets, forward, loss, backward, guard, update, projection) would have left: a replica whose numbers
     * stop being finite is frozen at its last finite state, its loss and gradient still those of the last batch. A slot of the
     * stretch's ring is what weights and losses would have been if it had ended there.
     */
    void train(Feed feed, Stretch stretch);
}
