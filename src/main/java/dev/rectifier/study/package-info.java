/**
 * Studies: a paper's claims as values, the runs that decide them, and the verdicts. A {@code Study} plans runs, executes
 * one, and analyses all; {@code StudyRunner} opens run folders, resumes, and skips what is done.
 *
 * <p>May import: probe, train, curvature, data, model, stats, record, engine, tensor.
 */
@NullMarked
package dev.rectifier.study;

import org.jspecify.annotations.NullMarked;
