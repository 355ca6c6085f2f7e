package dev.rectifier.data;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** Batches of one size out of a finite set, in fixed buffers. */
sealed interface Gathering {
    /** Fills and returns the batch of this step. */
    Batch take(RowOrder order, long step);

    /** The same by the rows of a window, in operations that can be recorded. */
    Batch recorded(RowWindow window, long step);

    /** The set itself. */
    record Whole(Batch batch) implements Gathering {
        @Override
        public Batch take(RowOrder order, long step) {
            return batch;
        }

        @Override
        public Batch recorded(RowWindow window, long step) {
            return batch;
        }
    }

    /** Chosen rows of the set. */
    final class Rows implements Gathering {
        private final Engine engine;
        private final int orders;
        private final int size;
        private final HostTensor numbers;
        private final Buffer rows;
        private final Gathered x;
        private final Optional<Gathered> values;
        private final Optional<Labels> labels;
        private final Batch batch;

        /** Rows of one array: from, to, and the rows as seen by as many blocks as are stored. */
        private record Gathered(View from, View to, View rows, View seen) {
            void fill(Engine engine) {
                engine.pointwise().gather(to, from, rows);
            }

            void fill(Engine engine, RowWindow window, long step) {
                engine.capture().gather(to, from, window.seenBy(to.replicas()), step);
            }
        }

        /** Labels, picked on the host, where the row numbers are; in recorded steps gathered on the device. */
        private record Labels(HostTensor all, HostTensor picked, Buffer buffer, Gathered onDevice) {
            void fill(HostTensor rows) {
                int[] from = all.ints();
                int[] to = picked.ints();
                int size = Math.toIntExact(picked.shape().dim(1));
                int examples = Math.toIntExact(all.shape().dim(1));
                boolean one = all.shape().dim(0) == 1;
                boolean oneOrder = rows.shape().dim(0) == 1;
                for (int i = 0; i < to.length; i++) {
                    int row = rows.ints()[oneOrder ? i % size : i];
                    to[i] = from[one ? row : i / size * examples + row];
                }
                buffer.upload(picked);
            }
        }

        /** {@code orders}: 1 if all replicas take the same rows, else R. */
        Rows(Engine engine, Arena arena, FiniteSet set, int orders, int size) {
            this.engine = engine;
            this.orders = orders;
            this.size = size;
            numbers = HostTensor.zeros(DType.I32, Shape.of(orders, size));
            rows = arena.openArena("row numbers").allocate(DType.I32, numbers.shape());
            x = gathered(arena, set.x());
            values = set.targets().filter(t -> t.dtype() != DType.I32).map(t -> gathered(arena, t));
            labels =
                    set.keptTargets().filter(t -> t.view().dtype() == DType.I32).map(t -> labels(arena, t));
            Optional<View> targets = labels.isPresent()
                    ? labels.map(l -> l.buffer().view().seenBy(set.replicas()))
                    : values.map(Gathered::seen);
            batch = new Batch(x.seen(), targets);
        }

        private Gathered gathered(Arena arena, View from) {
            long replicas = from.replicas();
            boolean oneSet = from.isShared() || replicas == 1;
            long blocks = oneSet ? orders : replicas;
            View to = arena.openArena("batch")
                    .allocate(from.dtype(), Shape.of(blocks, size, from.dim(2)))
                    .view();
            return new Gathered(from.replicas(0, blocks), to, rows.view().seenBy(blocks), to.seenBy(replicas));
        }

        private Labels labels(Arena arena, FiniteSet.Targets targets) {
            HostTensor all = targets.host();
            long blocks = Math.max(orders, all.shape().dim(0));
            HostTensor picked = HostTensor.zeros(DType.I32, Shape.of(blocks, size));
            Buffer buffer = arena.openArena("labels of a batch").allocate(DType.I32, picked.shape());
            View from = targets.view()
                    .replicas(0, blocks)
                    .reshape(Shape.of(all.shape().dim(1), 1));
            View to = buffer.view().reshape(Shape.of(size, 1));
            return new Labels(
                    all, picked, buffer, new Gathered(from, to, rows.view().seenBy(blocks), to));
        }

        @Override
        public Batch take(RowOrder order, long step) {
            RowOrder.Step rowsOfStep = order.at(step);
            for (int r = 0; r < orders; r++) {
                rowsOfStep.write(numbers.ints(), r * size, r);
            }
            rows.upload(numbers);
            x.fill(engine);
            if (values.isPresent()) {
                values.get().fill(engine);
            }
            if (labels.isPresent()) {
                labels.get().fill(numbers);
            }
            return batch;
        }

        @Override
        public Batch recorded(RowWindow window, long step) {
            x.fill(engine, window, step);
            values.ifPresent(given -> given.fill(engine, window, step));
            labels.ifPresent(given -> given.onDevice().fill(engine, window, step));
            return batch;
        }
    }
}
