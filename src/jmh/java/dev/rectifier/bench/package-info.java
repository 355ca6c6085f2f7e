/** Benchmarks beside peers: the same work by this project and by libtorch, on the same machine, in the same run. */
@NullMarked
package dev.rectifier.bench;

import org.jspecify.annotations.NullMarked;
