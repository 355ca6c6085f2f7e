/**
 * Host-side values: shapes, element types, host arrays, the counter-based random generator and its seeds.
 *
 * <p>Axes are named once, here, and used in every signature, kernel and document: {@code R} replica, {@code N} example,
 * {@code D} input, {@code W} width (units), {@code K} output, {@code P} parameter. Arrays are row-major and {@code R} leads.
 *
 * <p>May import: java only.
 */
@NullMarked
package dev.rectifier.tensor;

import org.jspecify.annotations.NullMarked;
