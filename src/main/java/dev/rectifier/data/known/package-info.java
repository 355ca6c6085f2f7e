/**
 * Data sets that are known by name: which files they are, what their sums must be, where they can be fetched, and how they
 * become a training and a test part. Files lie in a folder of the user's, one folder per set; the network is used only when
 * the user asks for it.
 *
 * <p>May import: data, data.file, data.image, tensor.
 */
@NullMarked
package dev.rectifier.data.known;

import org.jspecify.annotations.NullMarked;
