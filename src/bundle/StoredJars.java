import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * {@code java StoredJars.java FOLDER JAR ...}: copies jars without compressing their entries, in the same order and with one
 * time, so that an archive of many jars can compress them as a whole. Run by .mvn/bundle.sh from its source.
 */
final class StoredJars {
    private static final LocalDateTime TIME = LocalDateTime.of(2020, 1, 1, 0, 0);

    private StoredJars() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (String jar : List.of(arguments).subList(1, arguments.length)) {
            copy(Path.of(jar), folder.resolve(Path.of(jar).getFileName()));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (ZipFile jar = new ZipFile(from.toFile());
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.setMethod(ZipOutputStream.STORED);
            for (ZipEntry entry : Collections.list(jar.entries())) {
                if (!entry.isDirectory()) {
                    try (InputStream content = jar.getInputStream(entry)) {
                        put(out, entry.getName(), content.readAllBytes());
                    }
                }
            }
        }
    }

    private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(sum.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
