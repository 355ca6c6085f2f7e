package dev.rectifier.report;

import dev.rectifier.record.Invocation;
import dev.rectifier.record.Manifest;
import dev.rectifier.record.RunSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The circumstances of a run as a reader wants them. */
public final class ManifestFacts {
    private ManifestFacts() {}

    /** Name to value in the order of reading, for {@link HtmlReport#facts}. */
    public static Map<String, String> of(RunSpec spec, Manifest manifest) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "run",
                spec.study() + "/" + spec.name() + " at scale " + spec.scale() + ", "
                        + spec.id().hex());
        facts.put(
                "code",
                "rectifier " + manifest.code().version() + ", commit "
                        + manifest.code().commit());
        facts.put(
                "engine", manifest.engine().name() + " on " + manifest.engine().device());
        facts.put(
                "arithmetic",
                manifest.engine().mathMode() + ", determinism "
                        + manifest.engine().determinism());
        facts.put("random stream", "version " + manifest.streamVersion() + ", seeds " + joined(manifest.seeds()));
        facts.put("libraries", joined(manifest.engine().versions()));
        facts.put(
                "host",
                manifest.host().name() + ", " + manifest.host().os() + ", "
                        + manifest.host().cores() + " cores");
        facts.put("Java", manifest.host().java());
        facts.put("processes", processes(manifest.invocations()));
        facts.put("settings", spec.settings().canonicalText().strip().replace("\n", "; "));
        return facts;
    }

    private static String joined(Map<String, ?> map) {
        return map.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String processes(List<Invocation> invocations) {
        return invocations.stream()
                .map(one -> one.startedUtc() + " to " + (one.endedUtc().isEmpty() ? "?" : one.endedUtc()) + ": "
                        + String.join(" ", one.commandLine()))
                .collect(Collectors.joining("; "));
    }
}
