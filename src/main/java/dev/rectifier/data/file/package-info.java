/**
 * Files of numbers that others wrote or will read: safetensors, npy and npz, IDX, CIFAR binary; plain or gzip where that is
 * the habit. Each becomes host arrays or is refused with one {@link dev.rectifier.data.file.DataFileException}.
 *
 * <p>A file may come from a stranger. Sizes that a header states are checked against what the file holds before memory is
 * taken; what unpacks is bounded (see {@code Unpacking}); nothing in a file is ever run or unpacked
 * to a path. A file is written beside its target and moved over it, so that a reader sees the old one or the new.
 *
 * <p>Knows no data set and no network. May import: tensor, Jackson's parser.
 */
@NullMarked
package dev.rectifier.data.file;

import org.jspecify.annotations.NullMarked;
