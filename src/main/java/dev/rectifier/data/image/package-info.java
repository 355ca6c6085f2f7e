/**
 * Sets of images as bytes with labels, on the host: parts of them, their scale, noise in their labels, random crops and
 * flips, and a set that the program draws itself. Everything random is a pure function of a seed and of what it is drawn for.
 *
 * <p>Knows no file format but through {@code data.file}. May import: data, data.file, engine, tensor.
 */
@NullMarked
package dev.rectifier.data.image;

import org.jspecify.annotations.NullMarked;
