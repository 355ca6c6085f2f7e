package dev.rectifier.engine;

/**
 * Which replicas still train. A replica whose cause is not {@link FreezeCause#NONE} keeps every bit of its weights and
 * state in every later {@link UpdateOps#step}.
 *
 * @param cause I32 [R], codes of {@link FreezeCause}
 * @param step I64 [R], the step at which the cause arose; undefined while the cause is NONE
 */
public record Health(View cause, View step) {}
