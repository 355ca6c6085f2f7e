/**
 * The native methods of this project; their other halves stand in {@code native/lt}.
 *
 * <p>May import: nothing.
 */
@NullMarked
package dev.rectifier.engine.cuda.jni;

import org.jspecify.annotations.NullMarked;
