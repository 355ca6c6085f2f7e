package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * What the machine does at most: bandwidth by size, products in both types, one launch of nothing, one node of a graph of
 * nothing, random numbers.
 */
public final class CeilingSuite {
    private static final String NAME = "ceilings";
    private static final int[] NODES = {1, 16, 256};
    /** Two blocks of so many elements: 8 GB in fp32. */
    private static final long LARGE = 1 << 30;

    private static final long WINDOW = 1 << 12;

    private final Extent extent;
    private final boolean accelerator;
    private final List<Case> cases = new ArrayList<>();

    private CeilingSuite(Extent extent, boolean accelerator) {
        this.extent = extent;
        this.accelerator = accelerator;
    }

    /** All cases; the smallest operands stay in a cache, the largest may be larger than the memory and are then refused. */
    public static List<Case> cases(Extent extent, boolean accelerator) {
        CeilingSuite suite = new CeilingSuite(extent, accelerator);
        suite.launches();
        suite.bandwidth();
        suite.products();
        return suite.cases;
    }

    private void launches() {
        flat("launch of nothing", Streaming.fill(1, 1), 1);
        if (accelerator) {
            for (int nodes : NODES) {
                Axes axes = new Axes(Map.of("N", (long) nodes));
                Subject subject = new Subject(
                        NAME,
                        "node of a graph of nothing",
                        axes,
                        "N",
                        Streaming.fill(1, 1).work());
                cases.add(new GraphCase(subject, nodes));
            }
        }
    }

    private void bandwidth() {
        long largest = accelerator ? extent.of(1 << 10, 1 << 24, 1 << 28) : extent.of(1 << 10, 1 << 20, 1 << 24);
        for (long w = extent == Extent.TINY ? largest : accelerator ? 1 << 20 : 1 << 14; w <= largest; w *= 16) {
            flat("copy", Streaming.copy(1, w), w);
            flat("read only: sum", Streaming.sum(1, w), w);
            flat("write only: fill", Streaming.fill(1, w), w);
            flat("triad: axpy", Streaming.axpy(1, w), w);
            flat("normals", Streaming.normals(1, w), w);
        }
        if (accelerator && extent == Extent.FULL) {
            large("copy", Streaming::copy);
            large("write only: fill", Streaming::fill);
            large("triad: axpy", Streaming::axpy);
        }
    }

    private void large(String family, BiFunction<Long, Long, Operation> operation) {
        Axes axes = new Axes(Map.of("R", 2L, "W", LARGE));
        Work work = operation.apply(2L, LARGE).work();
        cases.add(new LargeCase(new Subject(NAME, family, axes, "W", work), operation, WINDOW));
    }

    private void products() {
        long widest = accelerator ? extent.of(16, 2048, 8192) : extent.of(16, 512, 1024);
        for (long side = Math.min(512, widest); side <= widest; side *= 2) {
            Operation single = Products.FORWARD.of(1, side, side, side);
            product("product, fp32", single, side);
            product("product, fp64", single.in(DType.F64), side);
        }
    }

    private void flat(String family, Operation operation, long w) {
        add(family, operation, new Axes(Map.of("R", 1L, "W", w)), "W", Rivalry.NONE);
    }

    private void product(String family, Operation operation, long side) {
        add(family, operation, new Axes(Map.of("R", 1L, "N", side, "D", side, "K", side)), "D", Rivalry.ALL);
    }

    private void add(String family, Operation operation, Axes axes, String along, Rivalry rivalry) {
        Subject subject = new Subject(NAME, family, axes, along, operation.work());
        cases.add(new OperationCase(subject, operation, rivalry, List.of(Cache.HOT)));
    }
}
