package dev.rectifier.engine.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The folders where shared libraries of a CUDA toolkit may lie, in order of preference: -Drectifier.cuda.path, CUDA_HOME and
 * CUDA_PATH, LD_LIBRARY_PATH, the usual folders of toolkits, Python packages ({@code nvidia/*}{@code /lib}).
 */
final class LibrarySearch {
    private final Set<Path> folders = new LinkedHashSet<>();

    /** @param pathProperty folders to look in first, separated as in a path variable */
    LibrarySearch(String pathProperty, Map<String, String> environment) {
        addPath(pathProperty);
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String home = environment.getOrDefault(variable, "");
            if (!home.isEmpty()) {
                addToolkit(Path.of(home));
            }
        }
        addPath(environment.getOrDefault("LD_LIBRARY_PATH", ""));
        addToolkit(Path.of("/usr/local/cuda"));
        matching(Path.of("/usr/local"), "cuda-1*").forEach(this::addToolkit);
        matching(Path.of("/opt"), "cuda*").forEach(this::addToolkit);
        addSystem();
        pythonFolders(environment).forEach(this::addPython);
    }

    private LibrarySearch(List<Path> only) {
        folders.addAll(only);
    }

    /** Looks in these folders and nowhere else. */
    static LibrarySearch only(Path... folders) {
        return new LibrarySearch(List.of(folders));
    }

    static LibrarySearch ofThisProcess() {
        return new LibrarySearch(System.getProperty("rectifier.cuda.path", ""), System.getenv());
    }

    private void addPath(String path) {
        for (String folder : path.split(File.pathSeparator, -1)) {
            if (!folder.isEmpty()) {
                folders.add(Path.of(folder));
            }
        }
    }

    private void addToolkit(Path home) {
        folders.add(home.resolve("lib64"));
        folders.add(home.resolve("targets/x86_64-linux/lib"));
        folders.add(home.resolve("lib"));
    }

    private void addSystem() {
        for (String folder : List.of(
                "/usr/lib/x86_64-linux-gnu",
                "/usr/lib64",
                "/usr/lib",
                "/usr/lib/wsl/lib",
                "/usr/local/nvidia/lib64",
                "/run/opengl-driver/lib")) {
            folders.add(Path.of(folder));
        }
    }

    private static List<Path> pythonFolders(Map<String, String> environment) {
        List<Path> roots = new ArrayList<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            String root = environment.getOrDefault(variable, "");
            if (!root.isEmpty()) {
                roots.add(Path.of(root, "lib"));
            }
        }
        roots.add(Path.of(System.getProperty("user.home", "/"), ".local/lib"));
        roots.add(Path.of("/usr/local/lib"));
        roots.add(Path.of("/usr/lib"));
        return roots;
    }

    private void addPython(Path root) {
        for (Path python : matching(root, "python3*")) {
            for (String packages : List.of("site-packages", "dist-packages")) {
                matching(python.resolve(packages).resolve("nvidia"), "*")
                        .forEach(part -> folders.add(part.resolve("lib")));
            }
        }
    }

    private static List<Path> matching(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
                entries.forEach(found::add);
            } catch (IOException e) {
                return List.of(); // a folder we may not read holds nothing for us
            }
        }
        found.sort(java.util.Comparator.reverseOrder());
        return found;
    }

    /** The first folder's file of this name. */
    Optional<Path> find(String fileName) {
        return folders.stream()
                .map(folder -> folder.resolve(fileName))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
