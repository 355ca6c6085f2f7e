package dev.rectifier.data.known;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The body of an answer, which has to come at a pace: a portion within the patience, or it counts as broken off. */
final class SteadyBody implements AutoCloseable {
    static final int PORTION = 1 << 16;

    private final InputStream body;
    private final Duration patience;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(SteadyBody::named);

    SteadyBody(InputStream body, Duration patience) {
        this.body = body;
        this.patience = patience;
    }

    private static Thread named(Runnable work) {
        Thread thread = new Thread(work, "rectifier-download");
        thread.setDaemon(true);
        return thread;
    }

    /** Bytes on their way; {@code filled} is written by the reader's thread after the bytes that it counts. */
    private static final class Filling {
        private final byte[] bytes = new byte[PORTION];
        private volatile int filled;

        int from(InputStream body) throws IOException {
            int count = 0;
            while (count < PORTION) { // a portion that is full must not wait for what comes behind it
                int n = body.read(bytes, count, PORTION - count);
                if (n < 0) {
                    break;
                }
                count += n;
                filled = count;
            }
            return count;
        }
    }

    /**
     * What came, 0 bytes at the end.
     *
     * @param bytes of which the first {@code count} are meant
     * @param failure why no more will come; empty if more may
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never kept
    record Portion(byte[] bytes, int count, String failure) {
        boolean broke() {
            return !failure.isEmpty();
        }
    }

    Portion next() {
        Filling filling = new Filling();
        Future<Integer> whole = reader.submit(() -> filling.from(body));
        String failure = "";
        try {
            whole.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            failure = "brought less than " + PORTION + " bytes in " + patience.toSeconds() + " seconds";
        } catch (ExecutionException e) {
            failure = "broke off";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "was interrupted";
        }
        return new Portion(filling.bytes, filling.filled, failure);
    }

    /** Lets a reader go that still waits for bytes. */
    @Override
    public void close() throws IOException {
        reader.shutdown();
        body.close();
    }
}
