package dev.rectifier.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A persistent team of threads for loops over independent items. The caller works too; which thread runs which item is left
 * to chance, so a job's result must not depend on it.
 */
final class Team implements AutoCloseable {
    private static final int SPINS = 2000; // some microseconds of waiting before a thread is put to sleep

    private final List<Worker> workers = new ArrayList<>();
    private final Scratch callerScratch = new Scratch();
    private volatile @Nullable Call current;
    private volatile boolean closed;
    private boolean busy;

    Team(int threads) {
        for (int i = 1; i < threads; i++) {
            Worker worker = new Worker("rectifier-cpu-" + i);
            workers.add(worker);
            worker.start();
        }
    }

    int threads() {
        return workers.size() + 1;
    }

    /** Runs items {@code 0 .. items - 1} on the calling thread. */
    void runHere(int items, Job job) {
        job.run(0, items, busy ? new Scratch() : callerScratch);
    }

    /** Runs items {@code 0 .. items - 1}, {@code grain} at a time, on all threads; returns when all are done. */
    void run(int items, int grain, Job job) {
        if (busy || workers.isEmpty() || items <= grain) {
            runHere(items, job);
            return;
        }
        Call call = new Call(items, grain, job);
        busy = true;
        try {
            current = call;
            workers.forEach(LockSupport::unpark);
            call.work(callerScratch);
            call.await();
        } finally {
            current = null;
            busy = false;
        }
    }

    @Override
    public void close() {
        closed = true;
        workers.forEach(LockSupport::unpark);
    }

    /** One loop in progress. */
    private static final class Call {
        private final int items;
        private final int grain;
        private final Job job;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger finished = new AtomicInteger();
        private volatile @Nullable Throwable failure;

        Call(int items, int grain, Job job) {
            this.items = items;
            this.grain = grain;
            this.job = job;
        }

        void work(Scratch scratch) {
            for (int first = next.getAndAdd(grain); first < items; first = next.getAndAdd(grain)) {
                int last = Math.min(items, first + grain);
                try {
                    job.run(first, last, scratch);
                } catch (RuntimeException | Error e) {
                    failure = e;
                } finally {
                    finished.addAndGet(last - first);
                }
            }
        }

        @SuppressWarnings("ThreadPriorityCheck") // no result hangs on the scheduler, only the time it takes
        void await() {
            for (int spin = 0; finished.get() < items; spin++) {
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield(); // where others need the core too, the thread that is waited for may be among them
                }
            }
            Throwable thrown = failure;
            if (thrown instanceof RuntimeException e) {
                throw e;
            }
            if (thrown instanceof Error e) {
                throw e;
            }
        }
    }

    private final class Worker extends Thread {
        private final Scratch scratch = new Scratch();

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            @Nullable Call done = null;
            while (!closed) {
                Call call = await(done);
                if (call != null) {
                    call.work(scratch);
                }
                done = call;
            }
        }

        private @Nullable Call await(@Nullable Call done) {
            for (int spin = 0; spin < SPINS; spin++) {
                Call call = current;
                if (call != null && call != done) {
                    return call;
                }
                Thread.onSpinWait();
            }
            LockSupport.park(Team.this);
            return null;
        }
    }
}
