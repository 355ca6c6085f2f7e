/** Networks, numbers and examples of the user's own, read from files for {@code evaluate} and {@code spectrum}. */
@NullMarked
package dev.rectifier.cli.network;

import org.jspecify.annotations.NullMarked;
