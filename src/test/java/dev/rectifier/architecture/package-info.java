/** Rules of the house that are tests: package arrows, forbidden calls, sizes of files and methods. */
@NullMarked
package dev.rectifier.architecture;

import org.jspecify.annotations.NullMarked;
