package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The row numbers of S consecutive steps on the device, for steps that are done without the host: those of step s in slot
 * s mod S. Filled whenever a step outside is asked for. R S N numbers, at most {@value #MOST_NUMBERS} unless one step has more.
 */
final class RowWindow {
    private static final long MOST_NUMBERS = 1 << 22;
    private static final int MOST_STEPS = 1024;

    private final BatchPlan plan;
    private final RowNumbers order;
    private final int orders;
    private final int steps;
    private final HostTensor numbers;
    private final Buffer table;
    private long known = -1;
    private long first = -1;

    /** {@code orders}: 1 if all replicas take the same rows, else R. */
    RowWindow(Arena arena, BatchPlan plan, RowNumbers order, int orders) {
        this.plan = plan;
        this.order = order;
        this.orders = orders;
        long each = Math.multiplyExact((long) orders, plan.batch());
        steps = (int) Math.max(1, Math.min(MOST_STEPS, MOST_NUMBERS / each));
        numbers = HostTensor.zeros(DType.I32, Shape.of(orders, steps, plan.batch()));
        table = arena.allocate(DType.I32, numbers.shape());
    }

    /** Makes the window hold a step; how many steps from there on it holds. */
    long ready(long step) {
        long start = step - step % steps;
        if (start != first) {
            ahead(step);
            first = -1; // until the upload has succeeded
            table.upload(numbers);
            first = start;
        }
        return start + steps - step;
    }

    /** Works out the numbers of the window with this step on the host, while the device may be busy with another one. */
    void ahead(long step) {
        long start = step - step % steps;
        if (start != known) {
            known = -1;
            List<RowOrder.Step> rows =
                    IntStream.range(0, steps).mapToObj(s -> order.at(start + s)).toList();
            IntStream.range(0, orders).parallel().forEach(r -> write(rows, r));
            known = start;
        }
    }

    private void write(List<RowOrder.Step> rows, int replica) {
        for (int s = 0; s < steps; s++) {
            rows.get(s).write(numbers.ints(), (replica * steps + s) * plan.batch(), replica);
        }
    }

    /** I32 [R, S, N] of the largest batch, as so many replicas see it. */
    View seenBy(long replicas) {
        return table.view().seenBy(replicas);
    }
}
