package dev.rectifier.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The circumstances of a run, as far as its result may depend on them or a reader may ask.
 *
 * @param code what ran
 * @param engine what it ran on
 * @param streamVersion version of the random stream
 * @param seeds name to seed
 * @param host the machine
 * @param invocations each process that worked on the run, oldest first
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Manifest(
        Code code,
        EngineFacts engine,
        int streamVersion,
        Map<String, Long> seeds,
        HostFacts host,
        List<Invocation> invocations) {
    private static final ObjectMapper JSON = new ObjectMapper()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    public Manifest {
        seeds = new TreeMap<>(seeds);
        invocations = List.copyOf(invocations);
    }

    /**
     * The code.
     *
     * @param version version of Rectifier
     * @param commit git commit, or "unknown"
     */
    public record Code(String version, String commit) {}

    /**
     * The engine.
     *
     * @param name cpu, cuda or emulated
     * @param device the device in words
     * @param mathMode arithmetic
     * @param determinism what the engine promised
     * @param versions name to version of driver and libraries
     */
    public record EngineFacts(
            String name, String device, String mathMode, String determinism, Map<String, String> versions) {
        public EngineFacts {
            versions = new TreeMap<>(versions);
        }
    }

    /** A manifest at the start of an invocation of this Java process. */
    public static Manifest starting(
            Code code, EngineFacts engine, int streamVersion, Map<String, Long> seeds, List<String> commandLine) {
        return new Manifest(
                code,
                engine,
                streamVersion,
                seeds,
                HostFacts.ofThisProcess(),
                List.of(Invocation.starting(commandLine)));
    }

    /** This manifest with the invocations of an earlier one in front. */
    Manifest following(Manifest earlier) {
        List<Invocation> all = new ArrayList<>(earlier.invocations);
        all.addAll(invocations);
        return new Manifest(code, engine, streamVersion, seeds, host, all);
    }

    /** This manifest with the last invocation ended now. */
    Manifest ended(RunState state) {
        List<Invocation> all = new ArrayList<>(invocations);
        all.set(all.size() - 1, all.get(all.size() - 1).ended(state));
        return new Manifest(code, engine, streamVersion, seeds, host, all);
    }

    /** The manifest as JSON. */
    public String toJson() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A manifest could not be turned into JSON.", e);
        }
    }

    /** Reads JSON; properties of newer versions are passed over. */
    static Manifest fromJson(String json) throws JsonProcessingException {
        return JSON.readValue(json, Manifest.class);
    }
}
