package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Stretch;

/** Some replicas, one per lane, that train through a stretch with all their numbers close to one thread. */
sealed interface CrewF32 permits PackF32, SoloF32 {
    /** Brings the replicas in from the task's buffers. */
    void load(PackLanes lanes);

    /** All steps of a stretch, unwatched; the last one leaves its whole gradient. */
    void train(Feed from, Stretch stretch, PackLanes lanes);

    /** Which lanes met an infinity or a NaN since they were loaded. */
    boolean[] suspects(PackLanes lanes);

    /** Forward and backward for step {@code s} of the stretch, nothing moves. */
    void look(Feed from, Stretch stretch, int s, PackLanes lanes);

    /** Whether the loss of lane 0 is finite. */
    boolean finiteLoss(double scale);

    /** Whether the gradient of lane 0 is finite. */
    boolean finiteGradient();

    /** The update by the gradient at hand, without projection. */
    void move(Stretch stretch, int s, PackLanes lanes);

    /** Whether weights and optimiser state of lane 0 are finite. */
    boolean finiteState();

    /** Brings rows back to norm 1 where the task asks for it. */
    void project(PackLanes lanes);

    /** Weights and optimiser state of one lane to the task's buffers. */
    void storeState(int lane, int replica);

    /** Loss and gradient of one lane's last batch to the task's buffers. */
    void storeLoss(int lane, int replica, double scale);
}
