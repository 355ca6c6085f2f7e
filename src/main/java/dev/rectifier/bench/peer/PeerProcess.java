package dev.rectifier.bench.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A peer in a process of its own. Whatever goes wrong with it is a {@link PeerException}; the process is then ended. */
public final class PeerProcess implements Peer, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> FIELDS = new TypeReference<>() {};
    private static final double GREETING = 120;
    private static final double PARTING = 30;
    private static final int LONGEST_LINE = 1 << 20;

    private final String script;
    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(PeerProcess::daemon);
    private final Map<String, Object> greeting;

    /**
     * Starts a peer and greets it.
     *
     * @param command program and script
     * @param environment set besides that of this process
     * @throws PeerException if it does not start or does not answer
     * @throws RefusedException if it says that it cannot work here
     */
    public PeerProcess(List<String> command, Map<String, String> environment) {
        script = command.get(command.size() - 1);
        process = start(command, environment);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
        try {
            greeting = ask(Map.of("op", "hello"), GREETING);
        } catch (PeerException | RefusedException e) {
            end();
            reader.shutdownNow();
            throw e;
        }
    }

    private static Process start(List<String> command, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new PeerException("Cannot start " + String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "answers of a peer");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Map<String, Object> ask(Map<String, Object> request, double seconds) {
        send(request);
        String line = answer(seconds);
        Map<String, Object> fields = parsed(line);
        if (fields.containsKey("error")) {
            throw new RefusedException(String.valueOf(fields.get("error")));
        }
        return fields;
    }

    private void send(Map<String, Object> request) {
        try {
            requests.write(JSON.writeValueAsString(request) + "\n");
            requests.flush();
        } catch (IOException e) {
            end();
            throw new PeerException("The peer " + script + " takes no requests any more (" + ending() + ").", e);
        }
    }

    private String answer(double seconds) {
        try {
            Optional<String> line = reader.submit(this::line).get((long) (seconds * 1000), TimeUnit.MILLISECONDS);
            return line.orElseThrow(() -> new PeerException("The peer " + script + " died (" + ending() + ")."));
        } catch (TimeoutException e) {
            end();
            throw new PeerException("The peer " + script + " gave no answer within " + seconds + " s.", e);
        } catch (ExecutionException e) {
            end();
            throw new PeerException("The peer " + script + " cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end();
            throw new PeerException("Waiting for the peer " + script + " was interrupted.", e);
        }
    }

    /** The next line; empty where the peer ends before its end. A peer that talks on and on does not fill the heap. */
    private Optional<String> line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = answers.read(); next != '\n'; next = answers.read()) {
            if (next < 0) {
                return Optional.empty();
            }
            if (text.length() == LONGEST_LINE) {
                throw new IOException("an answer has more than " + LONGEST_LINE + " characters");
            }
            text.append((char) next);
        }
        return Optional.of(text.toString());
    }

    private Map<String, Object> parsed(String line) {
        try {
            return Optional.ofNullable(JSON.readValue(line, FIELDS)).orElseThrow(() -> nonsense(line));
        } catch (JsonProcessingException e) {
            PeerException nonsense = nonsense(line);
            nonsense.initCause(e);
            throw nonsense;
        }
    }

    private PeerException nonsense(String line) {
        end();
        String begin = line.substring(0, Math.min(200, line.length()));
        return new PeerException("The peer " + script + " answered something that is no JSON object: " + begin);
    }

    private String ending() {
        try {
            return process.waitFor(1, TimeUnit.SECONDS) ? "exit code " + process.exitValue() : "still running";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @Override
    public String name() {
        return text("name");
    }

    @Override
    public String device() {
        return text("device");
    }

    private String text(String field) {
        return String.valueOf(greeting.getOrDefault(field, "unknown"));
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        if (greeting.get("versions") instanceof Map<?, ?> named) {
            named.forEach((name, version) -> versions.put(String.valueOf(name), String.valueOf(version)));
        }
        return versions;
    }

    @Override
    public List<String> kinds() {
        return greeting.containsKey("kinds") ? words("kinds") : List.of("students");
    }

    @Override
    public List<String> variants() {
        return words("variants");
    }

    private List<String> words(String field) {
        return greeting.get(field) instanceof List<?> all
                ? all.stream().map(String::valueOf).toList()
                : List.of();
    }

    @Override
    public void release() {
        try {
            ask(Map.of("op", "release"), PARTING);
        } catch (PeerException | RefusedException e) {
            end();
        }
    }

    /** Ends the process and what it has started itself, such as compilers. */
    private void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        try {
            ask(Map.of("op", "close"), PARTING);
            requests.close(); // for a peer that heeds the end of its input alone
            process.waitFor((long) PARTING, TimeUnit.SECONDS);
        } catch (PeerException | RefusedException | IOException e) {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
        reader.shutdownNow();
    }
}
