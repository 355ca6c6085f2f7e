/**
 * Whole networks: gradients against central differences and against libtorch, optimisers against libtorch's, and the
 * promise that a replica's numbers depend on nothing beside it.
 */
@NullMarked
package dev.rectifier.gradients;

import org.jspecify.annotations.NullMarked;
