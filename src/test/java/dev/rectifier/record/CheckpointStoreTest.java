package dev.rectifier.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
    @TempDir
    Path root;

    private final List<String> notes = new ArrayList<>();

    private CheckpointStore store(Path folder) {
        return new CheckpointStore(Disk.real(), folder, notes::add);
    }

    /** Longer than the buffer, so that content is written in several pieces. */
    private static byte[] content(long step) {
        byte[] bytes = new byte[150_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31L + step);
        }
        return bytes;
    }

    @Test
    void twoGenerationsAreKeptAndTheNewestIsFound() throws IOException {
        CheckpointStore store = store(root);
        for (long step : new long[] {0, 10, 20, 30}) {
            store.save(step, content(step));
        }
        assertThat(store.steps()).containsExactly(30L, 20L);
        SavedCheckpoint latest = store.latest().orElseThrow();
        assertThat(latest.step()).isEqualTo(30);
        assertThat(latest.bytes()).isEqualTo(content(30));
        assertThat(latest.length()).isEqualTo(content(30).length);
        assertThat(notes).isEmpty();
        assertThat(root.toFile().list()).hasSize(2);
    }

    @Test
    void anEmptyContentIsContent() {
        assertThat(store(root).save(5, new byte[0]).bytes()).isEmpty();
        assertThat(store(root).latest().orElseThrow().bytes()).isEmpty();
        assertThat(store(root.resolve("absent")).latest()).isEmpty();
    }

    @Test
    void everyDamagedByteAndEveryLengthIsNoticed() throws IOException {
        CheckpointStore store = store(root);
        store.save(1, new byte[] {1, 2, 3});
        Path file = store.save(2, new byte[] {4, 5, 6, 7}).file();
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x10;
            Files.write(file, bad);
            assertThat(store.latest().map(SavedCheckpoint::step))
                    .as("byte %d", i)
                    .isEqualTo(Optional.of(1L));
            Files.write(file, Arrays.copyOf(good, i));
            assertThat(store.latest().map(SavedCheckpoint::step))
                    .as("length %d", i)
                    .isEqualTo(Optional.of(1L));
        }
        assertThat(notes).hasSize(2 * good.length).allMatch(note -> note.contains("damaged") && note.contains("older"));
    }

    @Test
    void aRunThatFellBackSupersedesTheDamagedFuture() throws IOException {
        CheckpointStore store = store(root);
        store.save(100, content(100));
        Files.write(store.save(200, content(200)).file(), new byte[] {1});
        assertThat(store.latest().orElseThrow().step()).isEqualTo(100);
        store.save(150, content(150));
        assertThat(store.steps()).containsExactly(150L, 100L);
        assertThat(store.latest().orElseThrow().bytes()).isEqualTo(content(150));
    }

    @Test
    void onlyOwnLeftoversAreDeleted() throws IOException {
        Path own = root.resolve(".step-000000000000000007.ckpt" + DurableFile.TEMPORARY_SUFFIX);
        Path foreign = root.resolve(".notes.tmp");
        Files.write(own, new byte[] {1});
        Files.write(foreign, new byte[] {1});
        store(root).deleteLeftovers();
        assertThat(own).doesNotExist();
        assertThat(foreign).exists();
    }

    /** The disk stops at the first, second, ... operation of a save: an intact checkpoint is always found. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCrashAtAnyOperationLeavesAnIntactCheckpoint(boolean powerCut) throws IOException {
        boolean failed = true;
        int at = 0;
        for (; failed; at++) {
            Path folder = Files.createDirectories(root.resolve("at" + at));
            store(folder).save(1, content(1));
            store(folder).save(2, content(2));
            FaultyDisk disk = new FaultyDisk(at, powerCut, "stopped");
            boolean returned = tries(() -> new CheckpointStore(disk, folder, notes::add).save(3, content(3)));
            failed = disk.hasFailed();
            if (returned) {
                disk.cutPower();
            }
            SavedCheckpoint found = store(folder).latest().orElseThrow();
            assertThat(found.step()).as("stopped at %d", at).isIn(returned ? List.of(3L) : List.of(2L, 3L));
            assertThat(found.bytes()).isEqualTo(content(found.step()));
        }
        // create, writes, force, read, move, force folder, delete
        assertThat(at).isGreaterThan(8);
        assertThat(notes).isEmpty();
    }

    @Test
    void aFullDiskIsNamed() {
        FaultyDisk disk = new FaultyDisk(1, false, "No space left on device");
        assertThatThrownBy(() -> new CheckpointStore(disk, root, notes::add).save(1, content(1)))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining("step-000000000000000001.ckpt")
                .hasMessageContaining("the disk is full. Free some space, then resume");
        assertThat(store(root).latest()).isEmpty();
    }

    static boolean tries(Runnable action) {
        try {
            action.run();
            return true;
        } catch (RecordException e) {
            return false;
        }
    }
}
