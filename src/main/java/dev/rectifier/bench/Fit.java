package dev.rectifier.bench;

import java.util.Optional;

/** Whether memory holds a case. */
final class Fit {
    private static final double USABLE = 0.8;

    private Fit() {}

    /** Why it does not; empty if it does. */
    static Optional<String> refusal(Rig rig, Case one) {
        long device = rig.engine().memory().available();
        long heap = (long) (USABLE * Runtime.getRuntime().maxMemory());
        long onHeap = one.hostBytes() + (rig.isAccelerator() ? 0 : one.deviceBytes());
        if (rig.isAccelerator() && one.deviceBytes() > device) {
            return Optional.of(sentence(one.deviceBytes(), "of device memory", device));
        }
        return onHeap > heap ? Optional.of(sentence(onHeap, "of Java heap", heap)) : Optional.empty();
    }

    private static String sentence(long needed, String memory, long free) {
        return "needs about " + (needed >> 20) + " MiB " + memory + ", and " + (free >> 20) + " MiB are to be had";
    }
}
