package dev.rectifier.data.known;

import dev.rectifier.data.image.ImageSet;

/** A set as studies use it. */
public record ImageParts(ImageSet train, ImageSet test) {}
