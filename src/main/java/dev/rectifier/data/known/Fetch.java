package dev.rectifier.data.known;

import dev.rectifier.data.file.DataFileException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Brings files of known sets to the user's folder: from the network, or from another folder. A download is kept as
 * {@code NAME.part} and goes on where it broke off; a file gets its name only when its SHA-256 is the pinned one.
 */
public final class Fetch {
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
            boolean counted = transfer(file, source, part);
            if (!counted && !file.isAt(part)) {
                throw cutOff(source, Files.size(part));
            }
            accept(file, part, target, source.toString());
        } catch (IOException e) {
            throw failed("write", part, e);
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
            throw failed("copy", from.resolve(file.name()), e);
        }
        return true;
    }

    private static RuntimeException failed(String doing, Path file, IOException cause) {
        String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (said.contains("no space left") || said.contains("quota exceeded") || said.contains("disk full")) {
            return new FetchException(
                    FetchException.Kind.DISK_FULL,
                    "Cannot " + doing + " " + file + ": the disk is full. Free some space, then type the command again:"
                            + " a download goes on from there.",
                    cause);
        }
        return DataFileException.of(doing, file, cause);
    }

    /** The other side closed an answer of a length that it had not said, and it is not the known file, or not yet. */
    private static FetchException cutOff(URI source, long there) {
        return new FetchException(
                FetchException.Kind.BROKEN_OFF,
                source + " ended after " + there
                        + " bytes without having said how many there are, and so many are not the"
                        + " known file. Type the command again: it goes on from there. If that does not help, do not trust"
                        + " the source.");
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

    /** Returns whether the other side said how long the file is, and all of that came. */
    private boolean transfer(KnownFile file, URI source, Path part) throws IOException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        Downloads.Answer answer = downloads.open(source, have);
        if (answer.status() == 416) {
            // the part is complete, or no beginning of the file at all; its sum will tell, and an empty one starts anew
            answer.close();
            if (file.isAt(part)) {
                return true;
            }
            Files.delete(part);
            answer = downloads.open(source, 0);
        }
        try (Downloads.Answer whole = answer) {
            requireFile(whole, source);
            requireSmall(file, source, part, whole.total().orElse(0));
            append(file, source, part, whole);
            return whole.total().isPresent();
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

    private void append(KnownFile file, URI source, Path part, Downloads.Answer answer) throws IOException {
        long there = answer.from();
        try (OutputStream out = opened(part, there)) {
            SteadyBody.Portion portion;
            do {
                portion = answer.body().next();
                there += portion.count();
                requireSmall(file, source, part, there);
                out.write(portion.bytes(), 0, portion.count());
                progress.accept(there);
            } while (portion.count() > 0 && !portion.broke());
            String cause = portion.broke() ? portion.failure() : "ended";
            if (portion.broke() || there < answer.total().orElse(0)) {
                throw new FetchException(
                        FetchException.Kind.BROKEN_OFF,
                        source + " " + cause + " after " + there
                                + " bytes. Type the command again: it goes on from there.");
            }
        }
    }

    private static OutputStream opened(Path part, long from) throws IOException {
        return from > 0
                ? Files.newOutputStream(part, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
                : Files.newOutputStream(part);
    }
}
