import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code java ScreenParts.java}: what of this Java's module java.desktop needs a screen or a loudspeaker, for jlink to leave out;
 * all but the first file of each package, since a module's packages must exist. Run by .mvn/bundle.sh from its source.
 */
final class ScreenParts {
    private static final List<String> FOLDERS = List.of(
            "javax/swing",
            "com/sun/java/swing",
            "com/sun/swing",
            "sun/swing",
            "javax/sound",
            "com/sun/media",
            "sun/awt/X11");

    /** Fonts are looked for through this class of Swing's. */
    private static final String USED = "FontUIResource";

    private ScreenParts() {}

    public static void main(String[] arguments) throws IOException {
        Path desktop = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.desktop");
        Set<Path> kept = new HashSet<>();
        for (String folder : FOLDERS) {
            if (Files.isDirectory(desktop.resolve(folder))) {
                try (Stream<Path> files = Files.walk(desktop.resolve(folder))) {
                    files.filter(Files::isRegularFile)
                            .filter(file -> !file.toString().contains(USED))
                            .sorted()
                            .filter(file -> !kept.add(file.getParent()))
                            .forEach(file -> System.out.println("/java.desktop/" + desktop.relativize(file)));
                }
            }
        }
    }
}
