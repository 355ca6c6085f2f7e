/**
 * The share of negative BatchNorm biases per layer, on which "Luck Matters: Understanding Training Dynamics of Deep ReLU
 * Networks" (Tian, Jiang, Gong, Morcos 2019, arXiv 1905.13405) rests its assumption that the nodes of real networks overlap
 * little: of any network's state, whether trained here or read from a file.
 *
 * <p>May import what {@code study} may.
 */
@NullMarked
package dev.rectifier.study.bnbias;

import org.jspecify.annotations.NullMarked;
