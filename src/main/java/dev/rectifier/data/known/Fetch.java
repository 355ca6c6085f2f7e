package dev.rectifier.data.known;

import dev.rectifier.data.file.DataFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/**
 * Brings files of known sets to the user's folder: from the network, or from another folder. A download is kept as
 * {@code NAME.part} and goes on where it broke off; a file gets its name only when its SHA-256 is the pinned one.
 */
public final class Fetch {
    private static final int CHUNK = 1 << 16;

    private final Downloads downloads;
    private final LongConsumer progress;

    /** {@code progress} is told how many bytes of the file at hand are there. */
    public Fetch(LongConsumer progress) {
        this(Downloads.overHttps(), progress);
    }

    Fetch(Downloads downloads, LongConsumer progress) {
        this.downloads = downloads;
        this.progress = progress;
    }

    /**
     * Downloads a file unless it is there.
     *
     * @return whether anything had to be done
     * @throws FetchException if it did not come whole, or is another file
     */
    public boolean download(KnownFile file, Path folder) {
        Path target = folder.resolve(file.name());
        if (isThere(file, target)) {
            return false;
        }
        URI source = file.source()
                .orElseThrow(() -> new FetchException(
                        FetchException.Kind.REFUSED,
                        file.name() + " cannot be downloaded. If you have it, give its folder with --from."));
        Path part = folder.resolve(file.name() + ".part");
        try {
            Files.createDirectories(folder);
            transfer(file, source, part);
            accept(file, part, target, source.toString());
        } catch (IOException e) {
            throw DataFileException.of("write", part, e);
        }
        return true;
    }

    /**
     * Copies a file out of a folder unless it is there.
     *
     * @return whether anything had to be done
     */
    public boolean copy(KnownFile file, Path from, Path folder) {
        Path target = folder.resolve(file.name());
        if (isThere(file, target)) {
            return false;
        }
        Path part = folder.resolve(file.name() + ".part");
        try {
            Files.createDirectories(folder);
            Files.copy(from.resolve(file.name()), part, StandardCopyOption.REPLACE_EXISTING);
            accept(file, part, target, from.resolve(file.name()).toString());
        } catch (IOException e) {
            throw DataFileException.of("copy", from.resolve(file.name()), e);
        }
        return true;
    }

    private static boolean isThere(KnownFile file, Path target) {
        if (!Files.exists(target)) {
            return false;
        }
        if (!file.isAt(target)) {
            throw new FetchException(
                    FetchException.Kind.WRONG_SUM,
                    target + " is there, but it is another file than the known one (its SHA-256 is not " + file.sha256()
                            + "). Remove or rename it, then fetch again.");
        }
        return true;
    }

    private static void accept(KnownFile file, Path part, Path target, String source) throws IOException {
        String sum = KnownFile.sum(part);
        if (!sum.equals(file.sha256())) {
            Files.delete(part);
            throw new FetchException(
                    FetchException.Kind.WRONG_SUM,
                    source + " is not the known file: its SHA-256 is " + sum + " instead of " + file.sha256()
                            + ". What came was thrown away; if it comes again, do not trust the source.");
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void transfer(KnownFile file, URI source, Path part) throws IOException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        Downloads.Answer answer = downloads.open(source, have);
        if (answer.status() == 416) {
            // the part is complete, or no beginning of the file at all; its sum will tell, and an empty one starts anew
            answer.body().close();
            if (file.isAt(part)) {
                return;
            }
            Files.delete(part);
            answer = downloads.open(source, 0);
        }
        try (InputStream body = answer.body()) {
            requireFile(answer, source);
            requireSmall(file, source, part, answer.from() + answer.length().orElse(0));
            append(file, source, part, answer.from(), body);
        }
    }

    private static void requireFile(Downloads.Answer answer, URI source) {
        if (answer.status() != 200 && (answer.status() != 206 || answer.from() == 0)) {
            throw new FetchException(
                    FetchException.Kind.REFUSED,
                    source + " answered with status " + answer.status() + " instead of the file. Try again later, or"
                            + " download it by other means and give its folder with --from.");
        }
    }

    private static void requireSmall(KnownFile file, URI source, Path part, long bytes) throws IOException {
        if (bytes > file.limit()) {
            Files.deleteIfExists(part);
            throw new FetchException(
                    FetchException.Kind.TOO_LARGE,
                    source + " has more than the " + file.limit() + " bytes that the known file can have; what came was"
                            + " thrown away. Do not trust the source.");
        }
    }

    private void append(KnownFile file, URI source, Path part, long from, InputStream body) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long there = from;
        try (OutputStream out = opened(part, from)) {
            for (int n = read(body, chunk, source, there); n >= 0; n = read(body, chunk, source, there)) {
                there += n;
                requireSmall(file, source, part, there);
                out.write(chunk, 0, n);
                progress.accept(there);
            }
        }
    }

    private static OutputStream opened(Path part, long from) throws IOException {
        return from > 0
                ? Files.newOutputStream(part, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
                : Files.newOutputStream(part);
    }

    private static int read(InputStream body, byte[] chunk, URI source, long there) {
        try {
            return body.read(chunk);
        } catch (IOException e) {
            throw new FetchException(
                    FetchException.Kind.BROKEN_OFF,
                    source + " broke off after " + there + " bytes. Type the command again: it goes on from there.",
                    e);
        }
    }
}
