package dev.rectifier.model;

import java.util.Optional;

/**
 * The numbers of R networks.
 *
 * @param parameters [R, P], what gradients are about
 * @param state F64 [R, S]: running moments; empty for a network that has none
 */
public record NetworkValues(LayerViews parameters, Optional<LayerViews> state) {
    /** Of a network without state. */
    public static NetworkValues of(LayerViews parameters) {
        return new NetworkValues(parameters, Optional.empty());
    }
}
