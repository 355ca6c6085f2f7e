package dev.rectifier.bench;

/**
 * What is measured, in words.
 *
 * @param suite ceilings, kernels, cpu, ensembles, wide or studies
 * @param family cases that differ in their axes alone share it
 * @param axes extents
 * @param along the letter of the axis that the family sweeps; empty if none
 * @param work of one call
 */
public record Subject(String suite, String family, Axes axes, String along, Work work) {
    /** {@code kernels/relu R=1 W=65536}: unique within a run. */
    public String id() {
        return suite + "/" + family + " " + axes;
    }
}
