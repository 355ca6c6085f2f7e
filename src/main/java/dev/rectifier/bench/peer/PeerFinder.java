package dev.rectifier.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Starts the peers that this machine has: scripts {@code NAME_peer.py} whose library its Python can import. */
public final class PeerFinder implements AutoCloseable {
    private static final String SUFFIX = "_peer.py";

    private final List<PeerProcess> started = new ArrayList<>();

    /**
     * Starts every script of a folder, or those that are named.
     *
     * @param folder of the scripts
     * @param names {@code NAME} of those that are wanted; empty: all
     * @param environment of the processes
     * @param remarks told of every script that does not answer
     */
    public PeerFinder(Path folder, List<String> names, Map<String, String> environment, Consumer<String> remarks) {
        List<String> missing = new ArrayList<>(names);
        for (Path script : scripts(folder, remarks)) {
            String file = String.valueOf(script.getFileName());
            String name = file.substring(0, file.length() - SUFFIX.length());
            missing.remove(name);
            if (names.isEmpty() || names.contains(name)) {
                start(script, name, environment, remarks);
            }
        }
        missing.forEach(
                name -> remarks.accept("peer " + name + " is not here: " + folder + " has no " + name + SUFFIX));
    }

    private static List<Path> scripts(Path folder, Consumer<String> remarks) {
        if (!Files.isDirectory(folder)) {
            remarks.accept("no peers: their scripts are not in " + folder);
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            remarks.accept("no peers: " + folder + " cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    private void start(Path script, String name, Map<String, String> environment, Consumer<String> remarks) {
        try {
            started.add(new PeerProcess(List.of("python3", script.toString()), environment));
        } catch (PeerException | RefusedException e) {
            remarks.accept("peer " + name + " is not here: " + e.getMessage());
        }
    }

    /** Those that answered. */
    public List<Peer> peers() {
        return List.copyOf(started);
    }

    @Override
    public void close() {
        started.forEach(PeerProcess::close);
    }
}
