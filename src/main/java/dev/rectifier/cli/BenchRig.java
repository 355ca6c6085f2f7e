package dev.rectifier.cli;

import dev.rectifier.bench.Peer;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.peer.PeerFinder;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Engines, peers and a folder for one bench; all given back when it closes. */
final class BenchRig implements AutoCloseable {
    private static final String SCRIPTS = "rectifier.bench.python";

    private final Engine engine;
    private final Engine reference;
    private final Map<String, Engine> rivals = new LinkedHashMap<>();
    private final Path workspace;
    private final boolean timed;
    private final Console console;
    private Optional<PeerFinder> peers = Optional.empty();

    /** Takes the engine over. */
    BenchRig(Engine engine, EngineOptions options, boolean timed, Console console) {
        this.engine = engine;
        this.timed = timed;
        this.console = console;
        this.reference = Engines.open("cpu", options).engine();
        try {
            this.workspace = Files.createTempDirectory("rectifier-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isMeasured() {
        return rig().isMeasured();
    }

    boolean isAccelerator() {
        return rig().isAccelerator();
    }

    /** Starts peers: {@code auto} all that are there, unless nothing is measured; {@code none}; or a list of names. */
    void startPeers(String wanted) {
        boolean auto = wanted.equals("auto");
        if (wanted.equals("none") || (auto && !isMeasured())) {
            return;
        }
        Map<String, String> environment = isAccelerator() ? Map.of() : Map.of("RECTIFIER_BENCH_DEVICE", "cpu");
        List<String> names = auto ? List.of() : List.of(wanted.split(",", -1));
        peers = Optional.of(new PeerFinder(scripts(), names, environment, console::remark));
    }

    /** Beside the sources, or where the bundle says. */
    private static Path scripts() {
        return Path.of(System.getProperty(SCRIPTS, "src/bench/python")).toAbsolutePath();
    }

    Rig rig() {
        List<Peer> answering = peers.map(PeerFinder::peers).orElse(List.of());
        return new Rig(engine, rivals, reference, System::nanoTime, answering, workspace, timed);
    }

    @Override
    public void close() {
        peers.ifPresent(PeerFinder::close);
        rivals.values().forEach(Engine::close);
        reference.close();
        engine.close();
        delete();
    }

    private void delete() {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(workspace)) {
            all.sorted(Comparator.reverseOrder()).forEach(files::add);
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException e) {
            console.remark("left behind: " + workspace + " (" + e.getMessage() + ")");
        }
    }
}
