package dev.rectifier.record;

/**
 * A level drawn across a figure at a value of y, for example the paper's figure.
 *
 * @param label shown in the legend
 * @param value where it is drawn
 */
public record Reference(String label, double value) {}
