package dev.rectifier.cli;

import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Rival;
import dev.rectifier.bench.peer.Deadline;
import dev.rectifier.bench.peer.Peer;
import dev.rectifier.bench.peer.PeerFinder;
import dev.rectifier.bench.peer.PunctualPeer;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
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
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Engines, peers and a folder for one bench; all given back when it closes. */
final class BenchRig implements AutoCloseable {
    private static final String SCRIPTS = "rectifier.bench.python";

    private final Engine engine;
    private final Engine reference;
    private final Map<String, Rival> rivals = new LinkedHashMap<>();
    private final Path workspace;
    private final boolean timed;
    private final Console console;
    private Optional<PeerFinder> peers = Optional.empty();
    private List<Peer> asked = List.of();

    /** Takes the engine over. */
    BenchRig(Engine engine, EngineOptions options, boolean timed, Console console) {
        this.engine = engine;
        this.timed = timed;
        this.console = console;
        this.reference = Engines.open("cpu", options).engine();
        this.workspace = folder();
        try {
            addRivals(options);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("rectifier-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addRivals(EngineOptions options) {
        if (isAccelerator()) {
            addCudaRivals(options);
        } else if (Character.isDigit(version("openblas").charAt(0))) {
            rivals.put("own loops", new Rival(engine, Map.of("rectifier.openblas", "off")));
        }
    }

    private String version(String library) {
        return engine.info().versions().getOrDefault(library, "none");
    }

    /** Products without the library and by tensor cores, and with it as it is used where a replica's bits may depend on R. */
    private void addCudaRivals(EngineOptions options) {
        String name = engine.info().name();
        for (MathMode mode : List.of(MathMode.TF32, MathMode.TF32X3)) {
            addIfKnown("own " + mode, () -> ownKernels(options.withMathMode(mode)));
        }
        boolean anyLibrary =
                !version("cublas").equals("none") || !version("cudnn").startsWith("none");
        if (anyLibrary) {
            rivals.put("own kernels", new Rival(ownKernels(options), Map.of()));
        }
        if (version("cublas").equals("none")) {
            return;
        }
        EngineOptions batched = options.withDeterminism(Determinism.RUN);
        rivals.put("cuBLAS batched", new Rival(opened(name, batched), Map.of()));
        addIfKnown("cuBLAS TF32", () -> opened(name, batched.withMathMode(MathMode.TF32)));
    }

    /** What the device does not know is left out, and said. */
    private void addIfKnown(String rival, Supplier<Engine> opening) {
        try {
            rivals.put(rival, new Rival(opening.get(), Map.of()));
        } catch (IllegalArgumentException e) {
            console.remark("left out: " + e.getMessage());
        }
    }

    private Engine ownKernels(EngineOptions options) {
        Map<String, String> ours =
                Map.of("rectifier.cublas", "none", "rectifier.cublaslt", "off", "rectifier.cudnn", "compare");
        Rival asked = new Rival(engine, ours);
        return asked.under(() -> opened(engine.info().name(), options));
    }

    private static Engine opened(String name, EngineOptions options) {
        return Engines.open(name, options).engine();
    }

    boolean isMeasured() {
        return rig().isMeasured();
    }

    boolean isAccelerator() {
        return rig().isAccelerator();
    }

    /**
     * Starts peers: {@code auto} all that are there, unless nothing is measured; {@code none}; or a list of names.
     *
     * @param variants those of their variants that are asked
     */
    void startPeers(String wanted, Pattern variants, Deadline deadline) {
        boolean auto = wanted.equals("auto");
        if (wanted.equals("none") || (auto && !isMeasured())) {
            return;
        }
        Map<String, String> environment = isAccelerator() ? Map.of() : Map.of("RECTIFIER_BENCH_DEVICE", "cpu");
        List<String> names = auto ? List.of() : List.of(wanted.split(",", -1));
        PeerFinder found = new PeerFinder(scripts(), names, environment, console::remark);
        peers = Optional.of(found);
        asked = found.peers().stream()
                .filter(this::isBesideTheDevice)
                .map(peer -> (Peer) new PunctualPeer(peer, deadline, variants))
                .toList();
    }

    /** A peer that has only the host would lose to a device, and prove nothing. */
    private boolean isBesideTheDevice(Peer peer) {
        if (isAccelerator() && peer.device().equals("cpu")) {
            console.remark("left out: " + peer.name() + " does not see the device, only the host");
            return false;
        }
        return true;
    }

    /** Beside the sources, or where the bundle says. */
    private static Path scripts() {
        return Path.of(System.getProperty(SCRIPTS, "src/bench/python")).toAbsolutePath();
    }

    Rig rig() {
        return new Rig(engine, rivals, reference, System::nanoTime, asked, workspace, timed);
    }

    @Override
    public void close() {
        peers.ifPresent(PeerFinder::close);
        rivals.values().stream()
                .map(Rival::engine)
                .filter(other -> other != engine)
                .forEach(Engine::close);
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
