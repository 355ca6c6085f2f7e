package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Minibatches of examples that stay on the host, for sets of any size: while the device works on a step, one thread writes
 * the batch of the next one into a second host array; asking for it copies it into the fixed buffers of the source. Batches
 * are the same, to the bit, as {@link Minibatches} of the same numbers on the device.
 *
 * <p>Device memory: two batches at most (a full one, and the smaller last one of an epoch); on the host twice that ({@link #host}). What the thread throws is thrown
 * by {@link #batch}. The thread ends with {@link #close}, or by itself after ten idle seconds.
 */
public final class StreamedBatches implements DataSource, AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    private final HostExamples examples;
    private final BatchPlan plan;
    private final Streams order;
    private final Sharing sharing;
    private final RowNumbers rows;
    private final Streams draws;
    private final HostExamples.Writer writer;
    private final Sized full;
    private final Sized last;
    private final ThreadPoolExecutor thread;
    private Optional<Ahead> ahead = Optional.empty();

    /** The batch of a step on the host. */
    private record Prepared(HostTensor x, Optional<HostTensor> labels) {}

    private record Ahead(long step, CompletableFuture<Prepared> batch) {}

    /**
     * A source over {@code examples}; buffers in {@code arena}.
     *
     * @param order streams that shuffle, one per replica; what is random about examples is drawn from their children
     * @param sharing SHARED: all replicas take the order and the draws of the first stream
     */
    public StreamedBatches(Arena arena, HostExamples examples, BatchPlan plan, Streams order, Sharing sharing) {
        long labelled = examples.labels().map(l -> l.shape().dim(0)).orElse(1L);
        if (plan.examples() != examples.examples() || (labelled != 1 && labelled != order.replicas())) {
            throw new IllegalArgumentException("A plan over " + plan.examples() + " examples for " + order.replicas()
                    + " replicas does not fit " + examples.examples() + " examples with labels for " + labelled + ".");
        }
        this.examples = examples;
        this.plan = plan;
        this.order = order;
        this.sharing = sharing;
        rows = new RowNumbers(plan, order, sharing);
        draws = order.child("draws of examples");
        writer = examples.writer();
        full = new Sized(arena, plan.batch());
        last = plan.smallestBatch() == plan.batch() ? full : new Sized(arena, plan.smallestBatch());
        thread = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), StreamedBatches::named);
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread named(Runnable work) {
        Thread thread = new Thread(work, "rectifier-batches");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public long replicas() {
        return order.replicas();
    }

    @Override
    public long inputs() {
        return examples.inputs();
    }

    @Override
    public DType dtype() {
        return examples.dtype();
    }

    @Override
    public long largestBatch() {
        return plan.batch();
    }

    @Override
    public long smallestBatch() {
        return plan.smallestBatch();
    }

    @Override
    public long alike(long step, long most) {
        return plan.alike(step, most);
    }

    @Override
    public Batch batch(long step) {
        if (thread.isShutdown()) {
            throw new IllegalStateException(
                    "The source of streamed batches is closed: take batches before closing it.");
        }
        Ahead asked = ahead.filter(one -> one.step() == step).orElseGet(() -> start(step));
        ahead = Optional.empty(); // so that asking again after a failure tries again
        Prepared prepared = taken(asked);
        ahead = Optional.of(start(step + 1));
        return sized(step).show(prepared);
    }

    private static Prepared taken(Ahead asked) {
        try {
            return asked.batch().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                cause.addSuppressed(new IllegalStateException("while waiting for the batch of step " + asked.step()));
                throw cause;
            }
            throw e;
        }
    }

    private Ahead start(long step) {
        return new Ahead(step, CompletableFuture.supplyAsync(() -> prepare(step), thread));
    }

    private Sized sized(long step) {
        return plan.size(step) == plan.batch() ? full : last;
    }

    /** On the thread: the only one that writes host arrays, and one batch after the other. */
    private Prepared prepare(long step) {
        Sized sized = sized(step);
        Prepared room = sized.room(step);
        RowOrder.Step numbers = rows.at(step);
        int[] picked = new int[sized.size];
        long blocks = sized.labelBlocks;
        for (int r = 0; r < blocks; r++) {
            boolean writes = r < sized.blocks;
            if (writes) {
                numbers.write(picked, 0, r);
                write(room.x(), r, draws.block(r, step), picked);
            }
            int replica = r;
            room.labels().ifPresent(to -> pick(to, replica, picked));
        }
        return room;
    }

    private void write(HostTensor x, int replica, Philox block, int[] picked) {
        int inputs = examples.inputs();
        for (int n = 0; n < picked.length; n++) {
            writer.write(picked[n], block, n, x, (replica * picked.length + n) * inputs);
        }
    }

    private void pick(HostTensor to, int replica, int[] picked) {
        HostTensor all = examples.labels().orElseThrow();
        int from = all.shape().dim(0) == 1 ? 0 : replica * examples.examples();
        for (int n = 0; n < picked.length; n++) {
            to.ints()[replica * picked.length + n] = all.ints()[from + picked[n]];
        }
    }

    @Override
    public List<DraftEngine.Entry> host() {
        List<DraftEngine.Entry> arrays = new ArrayList<>();
        Stream.of(full, last)
                .distinct()
                .flatMap(sized -> Stream.of(sized.even, sized.odd))
                .forEach(prepared -> {
                    arrays.add(entry("batches made ahead", prepared.x()));
                    prepared.labels().ifPresent(labels -> arrays.add(entry("labels of batches made ahead", labels)));
                });
        return arrays;
    }

    private static DraftEngine.Entry entry(String name, HostTensor array) {
        return new DraftEngine.Entry(List.of("host", name), array.dtype(), array.shape());
    }

    @Override
    public Map<String, String> describe() {
        Map<String, String> text = new LinkedHashMap<>(examples.describe());
        text.put("data.source", "streamed " + plan);
        text.put("data.order", order.toString());
        text.put("data.order.sharing", sharing.toString());
        return text;
    }

    /** Ends the thread after the batch it is at. The buffers are the arena's. */
    @Override
    public void close() {
        thread.getQueue().clear();
        thread.shutdown(); // without an interrupt, which would close the file under a reader that others share
    }

    /** Buffers of one batch size on the device, and two sets of arrays on the host to fill them from in turn. */
    private final class Sized {
        private final int size;
        private final int blocks;
        private final int labelBlocks;
        private final Buffer x;
        private final Optional<Buffer> labels;
        private final Prepared even;
        private final Prepared odd;
        private final Batch batch;

        Sized(Arena arena, int size) {
            this.size = size;
            blocks = Math.toIntExact(sharing.blocks(order.replicas()));
            long labelled = examples.labels().map(l -> l.shape().dim(0)).orElse(1L);
            labelBlocks = (int) Math.max(blocks, labelled);
            x = arena.openArena("streamed batch").allocate(examples.dtype(), Shape.of(blocks, size, examples.inputs()));
            labels = examples.labels()
                    .map(l -> arena.openArena("labels of a streamed batch")
                            .allocate(DType.I32, Shape.of(labelBlocks, size)));
            even = arrays();
            odd = arrays();
            batch = new Batch(
                    x.view().seenBy(order.replicas()), labels.map(l -> l.view().seenBy(order.replicas())));
        }

        private Prepared arrays() {
            return new Prepared(
                    HostTensor.zeros(examples.dtype(), x.shape()),
                    labels.map(l -> HostTensor.zeros(DType.I32, l.shape())));
        }

        /** Not the arrays of the step before, which may be on their way to the device. */
        Prepared room(long step) {
            return step % 2 == 0 ? even : odd;
        }

        Batch show(Prepared prepared) {
            x.upload(prepared.x());
            labels.ifPresent(to -> to.upload(prepared.labels().orElseThrow()));
            return batch;
        }
    }
}
