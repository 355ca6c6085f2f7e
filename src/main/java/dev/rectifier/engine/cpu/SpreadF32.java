package dev.rectifier.engine.cpu;

/**
 * Numbers of a layer's units, each repeated for all units of the layer beside it: a row per unit, in which its lanes stand
 * {@code copies} times. Beside a row of weights ({@link LaneLayout}) a pass then needs no loop over units. Copies are made by the
 * machine's widest moves; a pass of its own over the lanes of every weight costs several times as much.
 */
final class SpreadF32 {
    private final int units;
    private final int copies;
    private final float[][] rows;

    /** @param examples kept side by side, one after the other */
    SpreadF32(int examples, int units, int copies, int capacity) {
        this.units = units;
        this.copies = copies;
        rows = LanesF32.padded(examples * units, copies * capacity);
    }

    /** Row {@code e units + u}: unit u of example e. */
    float[][] rows() {
        return rows;
    }

    /** Takes the units of an example from where they stand one after the other. */
    void spread(int example, float[] level, int lanes) {
        for (int u = 0; u < units; u++) {
            LanesF32.repeat(rows[example * units + u], level, u * lanes, lanes, copies);
        }
    }
}
