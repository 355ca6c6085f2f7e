package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentTask;

/** How many replicas train side by side. No number depends on it, only time. */
@FunctionalInterface
interface LaneRule {
    /** Replicas of a pack, one per vector lane; 0: each for itself. */
    int lanes(ResidentTask task, long examples);
}
