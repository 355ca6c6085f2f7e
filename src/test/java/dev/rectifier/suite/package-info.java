/**
 * The suite for a machine with a GPU and no build tools: every test that reaches a device, class by class, each in a process of
 * its own, then commands of the program; and a summary that can be kept. Started by {@code gpu-suite} of the portable bundle.
 */
@NullMarked
package dev.rectifier.suite;

import org.jspecify.annotations.NullMarked;
