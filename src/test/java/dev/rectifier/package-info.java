/** The documents, held to the code: the README's example runs, and every file it names exists. */
@NullMarked
package dev.rectifier;

import org.jspecify.annotations.NullMarked;
