package dev.rectifier.study;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.model.NetworkSpec;
import dev.rectifier.train.Listener;
import dev.rectifier.train.MemoryPlan;
import dev.rectifier.train.TrainingLoop;
import java.util.List;
import java.util.OptionalInt;

/**
 * How an ensemble is trained in the memory there is: data, trainer and probes of all replicas together, if they fit; else in
 * chunks as large as fit, of nearly equal size.
 *
 * @param student the networks
 * @param steps updates of each
 * @param memory what is needed for all replicas at once
 * @param ring what a chunk takes besides, from what is left, for probes that look back
 * @param host what the data take of the host's own memory besides, for all replicas at once
 * @param device what there is
 * @param chunk replicas trained together; 0 if not even one fits, or if no chunk as large as asked for does
 * @param asked the size of chunks asked for, if one was
 */
public record EnsemblePlan(
        NetworkSpec student,
        long steps,
        MemoryPlan memory,
        MemoryPlan ring,
        MemoryPlan host,
        DeviceMemory device,
        int chunk,
        OptionalInt asked) {
    private static final int DRAFTED = 2; // the least that tells what there is one of per replica from what they share

    /**
     * Plans; allocates nothing on the device.
     *
     * @param asked replicas trained together, where that is prescribed
     * @throws IllegalArgumentException if chunks are asked for of an ensemble that cannot be cut
     */
    public static EnsemblePlan of(Engine engine, Ensemble ensemble, OptionalInt asked) {
        if (asked.isPresent() && asked.getAsInt() < ensemble.replicas()) {
            ensemble.indivisible().ifPresent(why -> {
                throw new IllegalArgumentException("Chunks of " + asked.getAsInt() + " replicas are asked for of "
                        + ensemble.replicas() + ", but this ensemble cannot be trained in chunks: " + why + ".");
            });
        }
        return drafted(engine, ensemble, asked);
    }

    /** What all replicas together need, from a draft of two of them. */
    private static EnsemblePlan drafted(Engine engine, Ensemble ensemble, OptionalInt asked) {
        int replicas = ensemble.replicas();
        int drafted = Math.min(DRAFTED, replicas);
        try (DraftEngine draft = DraftEngine.of(engine);
                Arena data = draft.openArena("data");
                Ensemble.Members members = ensemble.open(draft, data, new Chunk(0, drafted, replicas));
                Arena probes = draft.openArena("probes")) {
            List<Listener> listeners = members.probes().make(probes, (step, metric, values) -> {});
            MemoryPlan memory = MemoryPlan.of(draft, drafted, replicas);
            DeviceMemory device = engine.memory();
            int chunk = chunk(memory, device, ensemble, asked);
            TrainingLoop loop = members.loop();
            long room = chunk == 0 ? 0 : device.available() - memory.bytes(chunk);
            MemoryPlan ring = loop.ring(listeners, Math.max(1, chunk), room);
            MemoryPlan host = MemoryPlan.of(loop.host(), drafted, replicas);
            return new EnsemblePlan(loop.network().spec(), loop.steps(), memory, ring, host, device, chunk, asked);
        }
    }

    private static int chunk(MemoryPlan memory, DeviceMemory device, Ensemble ensemble, OptionalInt asked) {
        int replicas = ensemble.replicas();
        if (asked.isPresent()) {
            int wanted = Math.min(asked.getAsInt(), replicas);
            return wanted <= memory.largest(device) ? wanted : 0;
        }
        if (ensemble.indivisible().isPresent()) {
            return memory.fits(device) ? replicas : 0;
        }
        long most = Math.min(memory.largest(device), memory.largestHeld());
        return most == 0 ? 0 : even(replicas, most);
    }

    /** The size of the fewest chunks of at most that size, as equal as they can be. */
    private static int even(int replicas, long most) {
        long chunks = (replicas + most - 1) / most;
        return Math.toIntExact((replicas + chunks - 1) / chunks);
    }

    /** Whether it can be trained here at all. */
    public boolean fits() {
        return chunk > 0;
    }

    /** How many chunks; 1 for all replicas together. */
    public int chunks() {
        return fits() ? (memory.replicas() + chunk - 1) / chunk : 0;
    }

    /** What is needed at once. */
    public long bytes() {
        return memory.bytes(chunk) + ring.bytes();
    }

    /**
     * Refuses what cannot be trained here.
     *
     * @throws OutOfDeviceMemoryException with the numbers
     */
    EnsemblePlan requireFit() {
        if (!fits()) {
            throw new OutOfDeviceMemoryException(refusal());
        }
        return this;
    }

    /** Why not even the chunk that was asked for can be trained. */
    public String refusal() {
        int together = asked.isPresent() ? Math.min(asked.getAsInt(), memory.replicas()) : memory.replicas();
        return new MemoryPlan(memory.items(), together).refusal(device);
    }
}
