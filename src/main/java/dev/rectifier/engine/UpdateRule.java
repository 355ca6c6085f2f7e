package dev.rectifier.engine;

/**
 * How a gradient becomes a step. g is the gradient after its mask and after adding L2 (g + l2 w); rate is the replica's
 * learning rate times the schedule's factor; decoupled weight decay multiplies w by (1 - rate * decay) first. All rules
 * follow PyTorch's conventions.
 */
public enum UpdateRule {
    /** w -= rate g. No state. */
    SGD(0),
    /** m = momentum m + (1 - dampening) g (m = g at the first step); w -= rate m. State: m. */
    MOMENTUM(1),
    /** m as for MOMENTUM; w -= rate (g + momentum m). State: m. */
    NESTEROV(1),
    /**
     * m = momentum m + (1 - momentum) g; v = beta2 v + (1 - beta2) g^2;
     * w -= rate (m / (1 - momentum^t)) / (sqrt(v / (1 - beta2^t)) + epsilon), t = step + 1. State: m, v.
     */
    ADAM(2);

    private final int stateSlots;

    UpdateRule(int stateSlots) {
        this.stateSlots = stateSlots;
    }

    /** Numbers of state per parameter. */
    public int stateSlots() {
        return stateSlots;
    }
}
