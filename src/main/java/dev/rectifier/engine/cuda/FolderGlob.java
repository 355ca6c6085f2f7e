package dev.rectifier.engine.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The entries of a folder whose names match. */
final class FolderGlob {
    private FolderGlob() {}

    /** In descending order of name, so that of several versions the later comes first; none where there is no such folder. */
    static List<Path> matching(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
                entries.forEach(found::add);
            } catch (IOException e) {
                return List.of(); // a folder we may not read holds nothing for us
            }
        }
        found.sort(Comparator.reverseOrder());
        return found;
    }
}
