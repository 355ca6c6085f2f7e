package dev.rectifier.engine.cuda;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder whose files are loaded as code, so nobody else may write there: mode 0700, owned by this user, no symbolic link.
 * A folder that is otherwise is refused, not repaired.
 */
final class PrivateFolder {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path path;

    private PrivateFolder(Path path) {
        this.path = path;
    }

    /** The folder of what this program compiles and unpacks: -Drectifier.cache, or {@code ~/.cache/rectifier}. */
    static PrivateFolder cache(String name) throws IOException {
        return open(root()).open(name);
    }

    /** Where {@link #cache} is, or would be made. */
    static Path cachePlace(String name) {
        return root().resolve(name).toAbsolutePath();
    }

    /** In words, without making anything; fails where {@link #cache} would refuse the folder. */
    static String content(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return "made when it is first needed";
        }
        verify(path);
        try (Stream<Path> files = Files.list(path)) {
            return files.count() + " files";
        }
    }

    private static Path root() {
        String named = System.getProperty("rectifier.cache", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path caches = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return caches.resolve("rectifier");
    }

    /** Opens or makes the folder; parents that do not exist are made too. */
    static PrivateFolder open(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(absolute.getParent());
            make(absolute);
        }
        verify(absolute);
        return new PrivateFolder(absolute);
    }

    private static void make(Path path) throws IOException {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            verify(path); // another process was first
        }
    }

    private static void verify(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw refusal(path, "it is not a plain folder (a symbolic link or a file)");
        }
        if (!owner(path).equals(owner(Path.of("/proc/self")))) {
            throw refusal(path, "it belongs to another user");
        }
        Set<PosixFilePermission> others = EnumSet.copyOf(OWNER_ONLY);
        others.addAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        if (!others.equals(OWNER_ONLY)) {
            throw refusal(path, "other users have access to it");
        }
    }

    private static Object owner(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid");
    }

    private static IOException refusal(Path path, String why) {
        return new IOException("The folder " + path + " holds code that is loaded and cannot be trusted: " + why
                + ". Remove it or \"chmod 700\" it, or name another with -Drectifier.cache=FOLDER.");
    }

    PrivateFolder open(String name) throws IOException {
        return open(path.resolve(name));
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** True if a plain file of this user has that name. */
    boolean holds(String name) throws IOException {
        Path file = resolve(name);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && owner(file).equals(owner(path));
    }

    byte[] read(String name) throws IOException {
        return Files.readAllBytes(resolve(name));
    }

    /** Writes the whole file or leaves what was there: temporary file, fsync, rename, fsync of the folder. */
    void write(String name, byte[] content) throws IOException {
        Path temporary = Files.createTempFile(path, name, ".part", PosixFilePermissions.asFileAttribute(OWNER_FILE));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel folder = FileChannel.open(path, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
