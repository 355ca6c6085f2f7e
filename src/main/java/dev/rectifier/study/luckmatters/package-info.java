/**
 * The study of "Luck Matters: Understanding Training Dynamics of Deep ReLU Networks" (Tian, Jiang, Gong, Morcos 2019,
 * arXiv 1905.13405): closed forms, teachers and students, the plan of runs, the claims with their bands.
 *
 * <p>May import what {@code study} may.
 */
@NullMarked
package dev.rectifier.study.luckmatters;

import org.jspecify.annotations.NullMarked;
