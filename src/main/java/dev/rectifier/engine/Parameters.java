package dev.rectifier.engine;

import java.util.Optional;

/**
 * What an update touches, all flat.
 *
 * @param weights [R, P]
 * @param gradient [R, P]
 * @param state [R, slots P]: slot 0 of all parameters, then slot 1; see {@link UpdateRule#stateSlots()} (P may be 0 wide
 *     for SGD)
 * @param mask I32 [R, maskWords(P)], bit 0 = the parameter's gradient and decay are dropped, its weight and state stay as
 *     they are; empty = all move
 */
public record Parameters(View weights, View gradient, View state, Optional<View> mask) {}
