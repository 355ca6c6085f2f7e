package dev.rectifier.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Accepted results, one JSON object a line. A run is its circumstances, as it wrote them, then its measured rows; each row begins
 * with {@code date, commit, device, command}, so a line can be read alone. Lines are added and never edited.
 */
public final class History {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DAY = "2026-11-21".length();

    private History() {}

    /**
     * What a run adds to the history.
     *
     * @param results lines of its {@code results.jsonl}
     * @throws IllegalArgumentException if it cannot be accepted: why
     */
    public static List<String> accepted(List<String> results) {
        List<JsonNode> nodes = results.stream().map(History::parsed).toList();
        JsonNode header = nodes.stream()
                .filter(node -> node.path("kind").asText().equals("circumstances"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("it has no circumstances"));
        JsonNode facts = header.path("circumstances");
        String commit = commit(facts);
        require(
                commit.matches("[0-9a-f]+"),
                "its commit is \"" + commit + "\": run the jar of a clean, committed tree");
        List<String> lines = new ArrayList<>(List.of(header.toString()));
        for (JsonNode node : nodes) {
            String status = node.path("status").asText();
            require(!status.equals("wrong"), name(node) + " is wrong");
            if (status.equals("measured")) {
                lines.add(signed(node, facts, commit));
            }
        }
        require(lines.size() > 1, "it has no measured rows");
        return lines;
    }

    private static String commit(JsonNode facts) {
        return facts.path("rectifier").asText().replaceFirst(".*, commit ", "");
    }

    private static String name(JsonNode row) {
        return row.path("suite").asText() + "/" + row.path("family").asText() + " " + row.path("axes") + ", "
                + row.path("contender").asText();
    }

    private static String signed(JsonNode row, JsonNode facts, String commit) {
        String begun = facts.path("begun").asText();
        ObjectNode line = JSON.createObjectNode();
        line.put("date", begun.substring(0, Math.min(DAY, begun.length())));
        line.put("commit", commit);
        line.put("device", device(facts));
        line.put("command", facts.path("command").asText());
        line.setAll((ObjectNode) row);
        return line.toString();
    }

    /** A GPU by its name; a host by its processor. */
    private static String device(JsonNode facts) {
        boolean host = facts.path("engine").asText().equals("cpu");
        return host
                ? facts.path("processor").asText() + ", " + facts.path("cores").asText() + " cores, Java "
                        + facts.path("java").asText()
                : facts.path("device").asText();
    }

    static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a line of it is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void require(boolean met, String why) {
        if (!met) {
            throw new IllegalArgumentException(why);
        }
    }
}
