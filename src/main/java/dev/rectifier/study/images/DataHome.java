package dev.rectifier.study.images;

import dev.rectifier.data.known.KnownFile;
import dev.rectifier.data.known.KnownImages;
import dev.rectifier.data.known.KnownSet;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where known sets of images may lie.
 *
 * @param folders each may hold a folder per set; the first that has a set is taken
 */
public record DataHome(List<Path> folders) {
    private static final String VARIABLE = "RECTIFIER_DATA";

    public DataHome {
        folders = List.copyOf(folders);
    }

    /** The folder that RECTIFIER_DATA names; without it {@code data} here, then {@code ../shared/data}. */
    public static DataHome ofUser() {
        String named = System.getenv().getOrDefault(VARIABLE, "");
        return new DataHome(
                named.isEmpty() ? List.of(Path.of("data"), Path.of("..", "shared", "data")) : List.of(Path.of(named)));
    }

    /**
     * The folder that holds a set.
     *
     * @throws IllegalArgumentException saying what to do, if there is none
     */
    public Path of(KnownSet set) {
        return folders.stream()
                .filter(folder -> KnownImages.isIn(folder, set))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(missing(set)));
    }

    private String missing(KnownSet set) {
        String files = set.files().stream().map(KnownFile::name).collect(Collectors.joining(", "));
        String places = folders.stream()
                .map(folder -> folder.resolve(set.word()).toString())
                .collect(Collectors.joining(" nor in "));
        String cure = set.isPublic()
                ? "Fetch it with the command: data fetch " + set.word() + ", or set "
                : "It cannot be downloaded: put its files there, or set ";
        return "The images of " + set.word() + " (" + files + ") are not in " + places + ". " + cure + VARIABLE
                + " to the folder that holds a folder " + set.word()
                + ". Runs that need them can be left out: run --except 'NAME*'.";
    }
}
