/**
 * The command line: parses words, prints results, turns failures into one line and an exit code. It decides nothing about
 * numbers.
 *
 * <p>Results go to standard output, progress and remarks to standard error. The only package that prints, reads the clock
 * for the user, or ends the process.
 *
 * <p>May import: everything except engine.cpu and engine.cuda, which it reaches through {@code Engines}.
 */
@NullMarked
package dev.rectifier.cli;

import org.jspecify.annotations.NullMarked;
