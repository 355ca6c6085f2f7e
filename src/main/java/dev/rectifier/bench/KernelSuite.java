package dev.rectifier.bench;

import dev.rectifier.engine.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Single operations: what streams through memory along its size, products along their side and along R. */
public final class KernelSuite {
    private static final String NAME = "kernels";
    private static final long STREAMED_REPLICAS = 16;
    private static final long[] SIDES = {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
    private static final long MOST_REPLICAS = 1 << 18;
    /** Parameters of a step that the goals are about. */
    private static final long STEPPED = 100_000_000;

    private final Extent extent;
    private final long elements;
    private final long largestSide;
    private final List<Case> cases = new ArrayList<>();
    private List<Cache> caches;

    private KernelSuite(Extent extent, boolean accelerator) {
        this.extent = extent;
        this.caches = extent == Extent.TINY ? List.of(Cache.HOT) : List.of(Cache.values());
        this.elements = accelerator ? extent.of(1 << 10, 1 << 22, 1 << 26) : extent.of(1 << 10, 1 << 18, 1 << 22);
        this.largestSide = accelerator ? extent.of(16, 1024, 4096) : extent.of(16, 256, 1024);
    }

    /** All cases. */
    public static List<Case> cases(Extent extent, boolean accelerator) {
        KernelSuite suite = new KernelSuite(extent, accelerator);
        for (long all = suite.smallest(); all <= suite.elements; all *= 16) {
            suite.addFlat(STREAMED_REPLICAS, all / STREAMED_REPLICAS);
            suite.addRows(STREAMED_REPLICAS, 16, all / STREAMED_REPLICAS / 16);
        }
        suite.addNorms();
        for (Products product : Products.values()) {
            suite.addProducts(product);
        }
        suite.addConvolutions();
        return suite.cases;
    }

    /** The cases of the project's goals, in their sizes on a GPU. */
    public static List<Case> goals(Extent extent) {
        KernelSuite suite = new KernelSuite(extent, true);
        suite.caches = List.of(Cache.HOT);
        long w = suite.elements / STREAMED_REPLICAS;
        suite.flat("relu and mask", Streaming.relu(STREAMED_REPLICAS, w), STREAMED_REPLICAS, w);
        suite.flat("relu backward", Streaming.reluBackward(STREAMED_REPLICAS, w), STREAMED_REPLICAS, w);
        suite.flat("normals", Streaming.normals(STREAMED_REPLICAS, w), STREAMED_REPLICAS, w);
        long p = extent.of(w, w, STEPPED / STREAMED_REPLICAS);
        for (UpdateRule rule : List.of(UpdateRule.SGD, UpdateRule.MOMENTUM, UpdateRule.ADAM)) {
            suite.step(rule, STREAMED_REPLICAS, p);
        }
        suite.addNorms();
        long side = Math.min(128, suite.largestSide);
        long r = Math.max(1, suite.elements / 4 / (side * side));
        suite.square(Products.FORWARD, Products.FORWARD.family(), r, side, "D");
        return suite.cases;
    }

    private void step(UpdateRule rule, long r, long w) {
        flat("step " + rule.name().toLowerCase(Locale.ROOT), Updates.step(rule, r, w), r, w);
    }

    private long smallest() {
        return extent == Extent.FULL ? elements >> 8 : elements;
    }

    private void addFlat(long r, long w) {
        flat("copy", Streaming.copy(r, w), r, w);
        flat("axpy", Streaming.axpy(r, w), r, w);
        flat("relu and mask", Streaming.relu(r, w), r, w);
        flat("relu backward", Streaming.reluBackward(r, w), r, w);
        flat("normals", Streaming.normals(r, w), r, w);
        flat("uniforms", Streaming.uniforms(r, w), r, w);
        flat("sum", Streaming.sum(r, w), r, w);
        flat("dot", Streaming.dot(r, w), r, w);
        flat("guard", Updates.guard(r, w), r, w);
        for (UpdateRule rule : UpdateRule.values()) {
            step(rule, r, w);
        }
    }

    private void flat(String family, Operation operation, long r, long w) {
        add(family, operation, new Axes(Map.of("R", r, "W", w)), "W", Rivalry.NONE);
    }

    private void addRows(long r, long n, long k) {
        rows("squared loss", Streaming.squaredLoss(r, n, k), r, n, k);
        rows("cross-entropy", Streaming.crossEntropy(r, n, k), r, n, k);
        rows("bias gradient", Streaming.biasGradient(r, n, k), r, n, k);
        rows("moments", Streaming.moments(r, n, k), r, n, k);
        rows("argmax", Streaming.argmax(r, n, k), r, n, k);
    }

    private void rows(String family, Operation operation, long r, long n, long k) {
        add(family, operation, new Axes(Map.of("R", r, "N", n, "K", k)), "K", Rivalry.NONE);
    }

    /** One replica with many examples, and many small replicas. */
    private void addNorms() {
        long width = Math.min(256, elements / 4);
        long batch = Math.min(256, elements / 4);
        long channels = Math.min(64, elements / batch);
        for (Norms norm : Norms.values()) {
            norms(norm, 1, elements / width, width);
            norms(norm, Math.max(1, Math.min(1024, elements / (batch * channels))), batch, channels);
        }
    }

    private void norms(Norms norm, long r, long n, long w) {
        Axes axes = new Axes(Map.of("R", r, "N", n, "W", w));
        Subject subject = new Subject(NAME, norm.family(), axes, "N", norm.work(r, n, w));
        OperationCase joined = new OperationCase(subject, norm.of(r, n, w), Rivalry.NONE, caches);
        cases.add(new NormCase(joined, norm.comesApart() ? Optional.of(norm.apart(r, n, w)) : Optional.empty()));
    }

    private void addProducts(Products product) {
        for (long side : SIDES) {
            if (side <= largestSide) {
                long r = Math.min(MOST_REPLICAS, Math.max(1, elements / 4 / (side * side)));
                square(product, product.family(), r, side, "D");
            }
        }
        if (extent == Extent.FULL && product == Products.FORWARD) {
            for (long r = 1; r <= elements / 4 / (32 * 32); r *= 4) {
                square(product, product.family() + " of 32", r, 32, "R");
            }
        }
    }

    /** A layer of a VGG-11 and one of a ResNet that halves its planes, of one replica. */
    private void addConvolutions() {
        long channels = extent.of(4, 64, 64);
        long plane = extent.of(6, 32, 32);
        long images = Math.max(1, Math.min(64, elements / (channels * plane * plane)));
        for (Convolutions convolution : Convolutions.values()) {
            add(convolution, new Convolutions.Layer(1, images, channels, channels, plane, 1));
            add(convolution, new Convolutions.Layer(1, images, channels, 2 * channels, plane, 2));
        }
    }

    private void add(Convolutions convolution, Convolutions.Layer layer) {
        add(convolution.family(layer), convolution.of(layer), layer.axes(), "N", Rivalry.OWN_KERNELS);
    }

    private void square(Products product, String family, long r, long side, String along) {
        Axes axes = new Axes(Map.of("R", r, "N", side, "D", side, "K", side));
        add(family, product.of(r, side, side, side), axes, along, Rivalry.ALL);
    }

    private void add(String family, Operation operation, Axes axes, String along, Rivalry rivalry) {
        cases.add(new OperationCase(
                new Subject(NAME, family, axes, along, operation.work()), operation, rivalry, caches));
    }
}
