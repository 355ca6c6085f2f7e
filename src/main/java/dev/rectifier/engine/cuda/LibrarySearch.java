package dev.rectifier.engine.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The folders where shared libraries of a CUDA toolkit may lie, in order of preference: -Drectifier.cuda.path, CUDA_HOME and
 * CUDA_PATH, LD_LIBRARY_PATH, the usual folders of toolkits and of the system, Python packages ({@link PythonPackages}).
 */
final class LibrarySearch {
    private final Set<Path> folders = new LinkedHashSet<>();

    /** @param pathProperty folders to look in first, separated as in a path variable */
    LibrarySearch(String pathProperty, Map<String, String> environment) {
        this(pathProperty, environment, Path.of("/"), Path.of(System.getProperty("user.home", "/")));
    }

    /**
     * @param root where the usual folders begin, {@code /} but for tests
     * @param home the user's folder
     */
    LibrarySearch(String pathProperty, Map<String, String> environment, Path root, Path home) {
        addPath(pathProperty);
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String toolkit = environment.getOrDefault(variable, "");
            if (!toolkit.isEmpty()) {
                addToolkit(Path.of(toolkit));
            }
        }
        addPath(environment.getOrDefault("LD_LIBRARY_PATH", ""));
        addToolkit(root.resolve("usr/local/cuda"));
        FolderGlob.matching(root.resolve("usr/local"), "cuda-1*").forEach(this::addToolkit);
        FolderGlob.matching(root.resolve("opt"), "cuda*").forEach(this::addToolkit);
        addSystem(root);
        folders.addAll(new PythonPackages(environment, root, home).libraries());
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

    private void addSystem(Path root) {
        for (String folder : List.of(
                "usr/lib/x86_64-linux-gnu",
                "usr/lib64",
                "usr/lib",
                "usr/lib/wsl/lib",
                "usr/local/nvidia/lib64",
                "usr/local/nvidia/lib",
                "run/opengl-driver/lib")) {
            folders.add(root.resolve(folder));
        }
        FolderGlob.matching(root.resolve("etc/ld.so.conf.d"), "*.conf").forEach(this::addConfigured);
    }

    /** Folders that the system's loader was told of, one in a line; a container's GPU driver often lies in one of these. */
    private void addConfigured(Path configuration) {
        try {
            Files.readAllLines(configuration, StandardCharsets.ISO_8859_1).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith("/"))
                    .forEach(line -> folders.add(Path.of(line)));
        } catch (IOException e) {
            return; // a list we may not read names nothing for us
        }
    }

    /** The first folder's file of this name. */
    Optional<Path> find(String fileName) {
        return folders.stream()
                .map(folder -> folder.resolve(fileName))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
