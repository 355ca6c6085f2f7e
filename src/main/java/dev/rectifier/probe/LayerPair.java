package dev.rectifier.probe;

/**
 * A layer of a teacher and the layer of its students whose nodes are compared with its nodes.
 *
 * @param teacher name of the teacher's layer
 * @param gate name of the ReLU that says when nodes of the teacher's layer are active; the same layer, or one below it
 * @param student name of the students' layer
 */
public record LayerPair(String teacher, String gate, String student) {}
