package dev.rectifier.engine;

import java.util.Map;

/**
 * What an engine says of itself; stored in every manifest.
 *
 * @param name the provider: {@code cpu}, {@code cuda} or {@code emulated}
 * @param device the device in words; an emulated device says «emulated»
 * @param options the numerical options it was opened with
 * @param versions name to version of driver, toolkit and libraries that results may depend on, in a stable order
 */
public record EngineInfo(String name, String device, EngineOptions options, Map<String, String> versions) {
    public EngineInfo {
        versions = Map.copyOf(versions);
    }
}
