package dev.rectifier.suite;

import dev.rectifier.cli.Main;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.record.HostFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the results hold for.
 *
 * @param date of the start, UTC
 * @param version version and commit of the program
 * @param engine its name
 * @param device its name
 * @param driver of the kernel module, where the system tells it
 * @param versions what the engine says of its libraries
 * @param host the machine and Java
 */
record SuiteFacts(
        String date,
        String version,
        String engine,
        String device,
        String driver,
        Map<String, String> versions,
        HostFacts host) {
    private static final Path MODULE = Path.of("/proc/driver/nvidia/version");

    /** @throws dev.rectifier.engine.DeviceException if there is no such device */
    static SuiteFacts of(String engineName) {
        try (Engine engine = Engines.open(engineName, EngineOptions.defaults()).engine()) {
            EngineInfo info = engine.info();
            return new SuiteFacts(
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                            .orElse("development"),
                    info.name(),
                    info.device(),
                    engineName.equals("cuda") ? moduleVersion() : "none",
                    new TreeMap<>(info.versions()),
                    HostFacts.ofThisProcess());
        }
    }

    private static String moduleVersion() {
        try {
            return Files.isReadable(MODULE)
                    ? Files.readString(MODULE).lines().findFirst().orElse("unknown")
                    : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
