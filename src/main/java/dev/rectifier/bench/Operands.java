package dev.rectifier.bench;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The operands of an operation on one engine: the same numbers on every engine, rounded or widened. */
final class Operands implements AutoCloseable {
    private static final SeedTree SEED = SeedTree.root(1).child("bench operands");

    private final Engine engine;
    private final Operation operation;
    private final Arena arena;
    private final View streams;
    private final List<View> views = new ArrayList<>();

    /** @param set which of several sets of operands, for rotation: each draws numbers of its own */
    Operands(Engine engine, Operation operation, DType type, long set) {
        this.engine = engine;
        this.operation = operation;
        arena = engine.openArena("bench operands");
        SeedTree node = SEED.child(set);
        streams = arena.upload(Streams.range(node, 0, Math.toIntExact(operation.replicas()))
                        .table())
                .view();
        operation.slots().forEach(slot -> views.add(slot.allocate(arena, type)));
        fill();
    }

    /** Starts anew: inputs drawn, outputs poisoned. */
    void fill() {
        for (int i = 0; i < views.size(); i++) {
            operation.slots().get(i).fill(engine, views.get(i), streams, i);
        }
    }

    void call() {
        operation.call().on(engine, views);
    }

    /** On the device, in the order of the slots. */
    List<View> views() {
        return Collections.unmodifiableList(views);
    }

    /** Host copies of what is written, in order. */
    List<HostTensor> results() {
        List<HostTensor> results = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            if (operation.slots().get(i).written()) {
                results.add(views.get(i).download());
            }
        }
        return results;
    }

    /** Host copies of all, in order. */
    List<HostTensor> all() {
        return views.stream().map(View::download).toList();
    }

    @Override
    public void close() {
        arena.close();
    }
}
