package dev.rectifier.bench.training;

/** Where the examples of an ensemble come from. */
enum Feeding {
    /** A set that all replicas walk through in its order; the one that peers can be given. */
    SET,
    /** Fresh normals from one stream that all replicas see, answered by a teacher of the student's shape. */
    SHARED_STREAM,
    /** Fresh normals from a stream of each replica's own, answered by a teacher of the student's shape. */
    OWN_STREAM
}
