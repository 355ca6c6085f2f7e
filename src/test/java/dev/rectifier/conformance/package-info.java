/**
 * The suite that holds every engine to the contract of {@code dev.rectifier.engine}.
 *
 * <p>A {@link dev.rectifier.conformance.Contract} lists {@link dev.rectifier.conformance.Trial}s of one operation group: a
 * call with its operands, and an oracle of naive fp64 loops written from the Javadoc alone. An
 * {@link dev.rectifier.conformance.Examiner} runs a trial on an engine and asks: are the values within a bound derived from
 * the arithmetic, is nothing else written, has the same call twice the same bits, has a replica the same bits alone.
 * {@link dev.rectifier.conformance.FaultyEngine} measures the suite itself: every planted fault must be caught.
 */
@NullMarked
package dev.rectifier.conformance;

import org.jspecify.annotations.NullMarked;
