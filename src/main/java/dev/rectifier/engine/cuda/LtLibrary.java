package dev.rectifier.engine.cuda;

import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.cuda.LtRequest.Epilogue;
import dev.rectifier.engine.cuda.jni.LtNatives;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's cublasLt with a handle for the current context, and the plans it has made, which live as long. */
final class LtLibrary implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LtLibrary.class);
    private static final int MINOR = 100;

    private final long library;
    private final Map<Wish, Pair> pairs = new HashMap<>();
    private boolean open = true;

    private LtLibrary(long library) {
        this.library = library;
    }

    /** A product with its algorithm; {@code workspaceBytes}: what a run of it wants. */
    record Plan(long address, long workspaceBytes) {}

    /**
     * A product with an epilogue, and with one that does more, both by the same algorithm, so that their sums have the same
     * order.
     *
     * @param plain absent where the library has no algorithm
     * @param joined absent where it was not wanted, or the library has no algorithm that serves both
     */
    record Pair(Optional<Plan> plain, Optional<Plan> joined) {}

    private record Wish(LtRequest plain, Optional<Epilogue> joined) {}

    /**
     * Loads our native half and, through it, the host's library.
     *
     * @throws NoDeviceException where one of them cannot be used; it says why
     */
    static LtLibrary open(Path half, Path file) {
        CudaLibraries.load(half);
        long library = LtNatives.open(file.toAbsolutePath().toString());
        if (library == 0) {
            throw new NoDeviceException(file + " " + LtNatives.failure());
        }
        return new LtLibrary(library);
    }

    /** As in 12.6.4. */
    String version() {
        long number = LtNatives.version(library);
        return number / (MINOR * MINOR) + "." + number / MINOR % MINOR + "." + number % MINOR;
    }

    /** The plans of this product; made at the first call, the same ever after. */
    Pair pair(LtRequest plain, Optional<Epilogue> joined) {
        return pairs.computeIfAbsent(new Wish(plain, joined), this::make);
    }

    private Pair make(Wish wish) {
        Optional<Plan> joined = wish.joined.flatMap(epilogue -> plan(wish.plain.with(epilogue), 0));
        Optional<Plan> alike = joined.flatMap(plan -> plan(wish.plain, plan.address));
        if (alike.isPresent()) {
            return new Pair(alike, joined);
        }
        joined.ifPresent(plan -> LtNatives.closePlan(plan.address));
        return new Pair(plan(wish.plain, 0), Optional.empty());
    }

    private Optional<Plan> plan(LtRequest request, long like) {
        long address = LtNatives.plan(library, request.fields(), like);
        if (address == 0) {
            LOG.info("cublasLt does not do {}: {}.", request, LtNatives.failure());
            return Optional.empty();
        }
        return Optional.of(new Plan(address, LtNatives.workspaceBytes(address)));
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            pairs.values().forEach(pair -> {
                pair.plain.ifPresent(plan -> LtNatives.closePlan(plan.address));
                pair.joined.ifPresent(plan -> LtNatives.closePlan(plan.address));
            });
            LtNatives.close(library);
        }
    }
}
