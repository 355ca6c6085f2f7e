package dev.rectifier.bench;

import dev.rectifier.bench.peer.Peer;
import dev.rectifier.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a reader of numbers must know of the machine: name to value. */
public final class Circumstances {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    private Circumstances() {}

    /** Engine, versions, processor, Java. */
    public static Map<String, String> of(Rig rig) {
        Map<String, String> facts = new LinkedHashMap<>();
        addEngine(facts, rig.engine());
        rig.rivals().forEach((name, rival) -> addRival(facts, name, rival));
        facts.put("processor", processor("model name"));
        facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        facts.put("java", System.getProperty("java.version") + " " + System.getProperty("java.vm.name"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        for (Peer peer : rig.peers()) {
            facts.put("peer " + peer.name(), peer.device() + ", " + new TreeMap<>(peer.versions()));
        }
        return facts;
    }

    private static void addRival(Map<String, String> facts, String name, Rival rival) {
        facts.put(name + " options", rival.engine().info().options() + " " + rival.settings());
    }

    private static void addEngine(Map<String, String> facts, Engine engine) {
        facts.put("engine", engine.info().name());
        facts.put("device", engine.info().device());
        facts.put("options", String.valueOf(engine.info().options()));
        new TreeMap<>(engine.info().versions()).forEach(facts::put);
    }

    /** Clocks, temperature and throttling at this moment, as far as they can be read: asked before and after a run. */
    public static Map<String, String> now(Rig rig, String when) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (rig.isAccelerator() && rig.isMeasured()) {
            facts.put("gpu " + when, GpuClocks.now(System.getenv().getOrDefault("PATH", "")));
        }
        facts.put("processor clock " + when, processor("cpu MHz") + " MHz");
        return facts;
    }

    private static String processor(String field) {
        try (Stream<String> lines = Files.lines(PROCESSOR)) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
