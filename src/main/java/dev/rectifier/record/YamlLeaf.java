package dev.rectifier.record;

import java.util.List;

/**
 * One setting as written, unchecked.
 *
 * @param path dotted path
 * @param texts the scalars: one, or those of a list
 * @param list whether it was written as a list
 * @param where file:line:column or the override
 */
record YamlLeaf(String path, List<String> texts, boolean list, String where) {}
