package dev.rectifier.study;

import dev.rectifier.record.RecordException;
import dev.rectifier.record.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which chunks of a run are done, and which one was begun: {@code chunks.txt} in the run folder, a line for each. A run whose
 * replicas are trained all together has no such file.
 *
 * @param entries in the order of the replicas, without gaps; all but the last are done
 */
record ChunkBook(List<Entry> entries) {
    static final String FILE = "chunks.txt";
    private static final String BEGUN = "begun";
    private static final Pattern LINE =
            Pattern.compile("replicas (\\d+) to (\\d+) of (\\d+): (?:begun|done, (\\d+) failed)");

    ChunkBook {
        entries = List.copyOf(entries);
    }

    /**
     * A chunk that was begun.
     *
     * @param failed replicas whose numbers stopped being finite; empty until it is done
     */
    record Entry(Chunk chunk, Optional<Integer> failed) {
        @Override
        public String toString() {
            return chunk + ": "
                    + failed.map(count -> "done, " + count + " failed").orElse(BEGUN);
        }

        static Entry read(Path file, String line) {
            Matcher matcher = LINE.matcher(line);
            try {
                if (matcher.matches()) {
                    int first = Integer.parseInt(matcher.group(1));
                    int count = Math.addExact(Integer.parseInt(matcher.group(2)) - first, 1);
                    Chunk chunk = new Chunk(first, count, Integer.parseInt(matcher.group(3)));
                    return new Entry(
                            chunk, Optional.ofNullable(matcher.group(4)).map(Integer::valueOf));
                }
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw damaged(file, line);
            }
            throw damaged(file, line);
        }

        private static RecordException damaged(Path file, String line) {
            return new RecordException("The line '" + line + "' of " + file
                    + " names no chunk of replicas. Delete the run's folder to begin it anew.");
        }
    }

    static ChunkBook read(RunFolder folder) {
        Path file = folder.path().resolve(FILE);
        return new ChunkBook(
                folder.read(FILE).lines().map(line -> Entry.read(file, line)).toList());
    }

    private ChunkBook write(RunFolder folder) {
        folder.write(FILE, entries.stream().map(entry -> entry + "\n").collect(Collectors.joining()));
        return this;
    }

    /** The chunk that is being trained. */
    Optional<Chunk> open() {
        return entries.isEmpty() || last().failed().isPresent() ? Optional.empty() : Optional.of(last().chunk());
    }

    private Entry last() {
        return entries.get(entries.size() - 1);
    }

    /** Where the next chunk begins. */
    int next() {
        return entries.isEmpty() ? 0 : last().chunk().first() + last().chunk().count();
    }

    /** How many chunks came before the one that is being trained. */
    int index() {
        return entries.size() - 1;
    }

    int failed() {
        return entries.stream().mapToInt(entry -> entry.failed().orElse(0)).sum();
    }

    ChunkBook begin(RunFolder folder, Chunk chunk) {
        List<Entry> longer = new ArrayList<>(entries);
        longer.add(new Entry(chunk, Optional.empty()));
        return new ChunkBook(longer).write(folder);
    }

    /** Without the chunk that was begun: to cut its replicas anew. */
    ChunkBook withoutOpen() {
        return open().isEmpty() ? this : new ChunkBook(entries.subList(0, index()));
    }

    ChunkBook end(RunFolder folder, int failed) {
        List<Entry> same = new ArrayList<>(entries.subList(0, index()));
        same.add(new Entry(last().chunk(), Optional.of(failed)));
        return new ChunkBook(same).write(folder);
    }
}
