package dev.rectifier.engine;

import java.util.Arrays;

/**
 * Where a stretch leaves copies of what it passes through, so that whoever looks every few steps need not end it.
 *
 * @param weights [R, S, P] out: the weights after some of the updates
 * @param losses F64 [R, S] out: the loss of the last batch before each
 * @param after how many updates of the stretch are done when slot 0, 1, ... is filled: ascending, from 1 to all
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, compared by nobody
public record Ring(View weights, View losses, int[] after) {
    /** Slot k: weights [R, 1, P]. */
    public View weights(int k) {
        return weights.rows(k, 1);
    }

    /** Slot k: losses [R, 1]. */
    public View losses(int k) {
        return losses.rows(k, 1);
    }

    /** The slots that are filled in updates {@code from + 1 .. from + count}, counted from there. */
    Ring part(int from, int count) {
        int first = (int) Arrays.stream(after).filter(a -> a <= from).count();
        int[] within = Arrays.stream(after)
                .filter(a -> a > from && a <= from + count)
                .map(a -> a - from)
                .toArray();
        return new Ring(weights.rows(first, within.length), losses.rows(first, within.length), within);
    }
}
