package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the machine does at most: bandwidth by size, products in both types, one launch of nothing, random numbers. */
public final class CeilingSuite {
    private static final String NAME = "ceilings";

    private final List<Case> cases = new ArrayList<>();

    private CeilingSuite() {}

    /** All cases; the smallest operands stay in a cache. */
    public static List<Case> cases(Extent extent, boolean accelerator) {
        CeilingSuite suite = new CeilingSuite();
        suite.flat("launch of nothing", Streaming.fill(1, 1), 1);
        long largest = accelerator ? extent.of(1 << 10, 1 << 24, 1 << 28) : extent.of(1 << 10, 1 << 20, 1 << 24);
        for (long w = extent == Extent.TINY ? largest : accelerator ? 1 << 20 : 1 << 14; w <= largest; w *= 16) {
            suite.flat("copy", Streaming.copy(1, w), w);
            suite.flat("read only: sum", Streaming.sum(1, w), w);
            suite.flat("write only: fill", Streaming.fill(1, w), w);
            suite.flat("triad: axpy", Streaming.axpy(1, w), w);
            suite.flat("normals", Streaming.normals(1, w), w);
        }
        long widest = accelerator ? extent.of(16, 2048, 8192) : extent.of(16, 512, 1024);
        for (long side = Math.min(512, widest); side <= widest; side *= 2) {
            suite.product("product, fp32", Products.FORWARD.of(1, side, side, side), side, true);
            suite.product(
                    "product, fp64", Products.FORWARD.of(1, side, side, side).in(DType.F64), side, false);
        }
        return suite.cases;
    }

    private void flat(String family, Operation operation, long w) {
        add(family, operation, new Axes(Map.of("R", 1L, "W", w)), "W", false);
    }

    private void product(String family, Operation operation, long side, boolean rivalry) {
        add(family, operation, new Axes(Map.of("R", 1L, "N", side, "D", side, "K", side)), "D", rivalry);
    }

    private void add(String family, Operation operation, Axes axes, String along, boolean rivalry) {
        Subject subject = new Subject(NAME, family, axes, along, operation.work());
        cases.add(new OperationCase(subject, operation, rivalry, List.of(Cache.HOT)));
    }
}
