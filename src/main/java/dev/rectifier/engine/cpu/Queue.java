package dev.rectifier.engine.cpu;

import dev.rectifier.engine.View;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of work of one engine. Jobs on few numbers are kept back until enough has come together to be worth waking the
 * team; then every thread takes some replicas and runs all jobs on them, in order, so that a step of many small networks
 * costs one meeting of threads and not twelve.
 *
 * <p>That is allowed because a replica's data is touched by that replica's jobs alone. Where it is not so (a view shared by
 * all replicas, a shifted one), the queue is emptied first if a job in it writes what the next one reads, or reads what it
 * writes. See {@link CpuBuffer} for the marks.
 */
final class Queue {
    private static final long ENOUGH = 1 << 21; // elementary operations to keep back at most, some 300 microseconds
    private static final long WORTH_A_MEETING = 1 << 16; // fewer are done by the calling thread
    private static final int LONGEST = 1024;

    private final Team team;
    private final List<Pending> pending = new ArrayList<>();
    private long pendingCost;
    private int pendingReplicas;
    private long epoch = 1;

    private record Pending(Job job, int pieces) {}

    Queue(Team team) {
        this.team = team;
    }

    static View[] writes(View... views) {
        return views;
    }

    /** As {@link #submit(Job, int, long, View[], View...)} with one piece per replica. */
    void submit(Job job, long cost, View[] written, View... read) {
        submit(job, 1, cost, written, read);
    }

    /**
     * Runs a job over all replicas, now or later but in order.
     *
     * @param pieces items per replica that may run at the same time; item i is piece {@code i % pieces} of replica
     *     {@code i / pieces}
     * @param cost elementary operations per replica, roughly
     * @param written views that the job writes
     * @param read views that the job reads
     */
    void submit(Job job, int pieces, long cost, View[] written, View... read) {
        int replicas = (int) written[0].replicas();
        long total = cost * replicas;
        if (total >= ENOUGH || team.threads() == 1 || replicas < team.threads()) {
            flush();
            runNow(job, replicas * pieces, total);
            return;
        }
        if (replicas != pendingReplicas || pending.size() >= LONGEST) {
            flush();
        }
        boolean regular = mark(written, read);
        pending.add(new Pending(job, pieces));
        pendingReplicas = replicas;
        pendingCost += total;
        if (!regular || pendingCost >= ENOUGH) {
            flush();
        }
    }

    private void runNow(Job job, int items, long cost) {
        if (cost < WORTH_A_MEETING) {
            team.runHere(items, job);
        } else {
            team.run(items, Math.max(1, items / (4 * team.threads())), job);
        }
    }

    /** Empties the queue if the views clash with it, then marks them; false if the job must not wait. */
    private boolean mark(View[] written, View[] read) {
        if (clash(written, read)) {
            flush();
        }
        boolean regular = true;
        for (View view : written) {
            ((CpuBuffer) view.buffer()).markWritten(epoch);
            regular &= CpuBuffer.isRegular(view);
        }
        for (View view : read) {
            if (!CpuBuffer.isRegular(view)) {
                ((CpuBuffer) view.buffer()).markReadAcross(epoch);
            }
        }
        return regular;
    }

    private boolean clash(View[] written, View[] read) {
        boolean clash = false;
        for (View view : written) {
            CpuBuffer buffer = (CpuBuffer) view.buffer();
            clash |= buffer.isReadAcross(epoch) || !CpuBuffer.isRegular(view);
        }
        for (View view : read) {
            clash |= !CpuBuffer.isRegular(view) && ((CpuBuffer) view.buffer()).isWritten(epoch);
        }
        return clash;
    }

    /** Finishes everything submitted so far. */
    void flush() {
        if (pending.isEmpty()) {
            return;
        }
        Pending[] jobs = pending.toArray(Pending[]::new);
        long cost = pendingCost;
        pending.clear();
        pendingCost = 0;
        epoch++;
        runNow((first, last, scratch) -> runAll(jobs, first, last, scratch), pendingReplicas, cost);
    }

    /**
     * Finishes everything submitted so far, then runs items {@code 0 .. items - 1}: one at a time on all threads, or here if
     * they cost so few elementary operations together that waking a thread, or waiting for one, would cost more.
     */
    void meet(int items, long cost, Job job) {
        flush();
        if (cost < WORTH_A_MEETING) {
            team.runHere(items, job);
        } else {
            team.run(items, 1, job);
        }
    }

    int threads() {
        return team.threads();
    }

    private static void runAll(Pending[] jobs, int first, int last, Scratch scratch) {
        for (Pending next : jobs) {
            next.job.run(first * next.pieces, last * next.pieces, scratch);
        }
    }
}
