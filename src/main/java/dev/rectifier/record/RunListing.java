package dev.rectifier.record;

import java.nio.file.Path;

/**
 * A run found on disk.
 *
 * @param path its folder
 * @param id its identity
 * @param study its study
 * @param name its name within the study
 * @param scale its scale
 * @param state where it stands
 */
public record RunListing(Path path, RunId id, String study, String name, String scale, RunState state) {}
