/**
 * Peers as processes: {@code python3 SCRIPT}, JSON lines over its standard streams, arrays in NumPy's files. The protocol stands
 * in {@code src/bench/python/README.md}.
 *
 * <p>May import: tensor.
 */
@NullMarked
package dev.rectifier.bench.peer;

import org.jspecify.annotations.NullMarked;
