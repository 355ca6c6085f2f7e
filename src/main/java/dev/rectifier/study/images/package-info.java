/**
 * The images that studies train on: drawn by the program, or known sets out of the user's folder.
 *
 * <p>May import what {@code study} may.
 */
@NullMarked
package dev.rectifier.study.images;

import org.jspecify.annotations.NullMarked;
