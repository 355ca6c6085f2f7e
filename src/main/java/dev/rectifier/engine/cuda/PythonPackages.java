package dev.rectifier.engine.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CUDA libraries that came as Python packages: the folders {@code nvidia/*}{@code /lib} below PYTHONPATH, then below the
 * packages of the active environment, of each Python on the PATH (its own folder, and that of the Python it was made from),
 * and of the usual places of environments. Python itself is not started.
 */
final class PythonPackages {
    private static final List<String> BELOW_HOME = List.of(
            ".local", ".venv", "venv", "miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "conda");

    private static final List<String> BELOW_ROOT =
            List.of("venv", ".venv", "opt/conda", "opt/venv", "opt/.venv", "conda", "usr/local", "usr");

    private final Map<String, String> environment;
    private final Path root;
    private final Path home;

    PythonPackages(Map<String, String> environment, Path root, Path home) {
        this.environment = environment;
        this.root = root;
        this.home = home;
    }

    /** Each once, in order of preference. */
    Set<Path> libraries() {
        Set<Path> found = new LinkedHashSet<>();
        folders("PYTHONPATH").forEach(packages -> addLibraries(packages, found));
        for (Path prefix : prefixes()) {
            for (String lib : List.of("lib", "lib64")) {
                FolderGlob.matching(prefix.resolve(lib), "python3*").forEach(python -> {
                    addLibraries(python.resolve("site-packages"), found);
                    addLibraries(python.resolve("dist-packages"), found);
                });
            }
        }
        return found;
    }

    private static void addLibraries(Path packages, Set<Path> found) {
        FolderGlob.matching(packages.resolve("nvidia"), "*").forEach(part -> found.add(part.resolve("lib")));
    }

    private Set<Path> prefixes() {
        Set<Path> prefixes = new LinkedHashSet<>();
        prefixes.addAll(folders("VIRTUAL_ENV"));
        prefixes.addAll(folders("CONDA_PREFIX"));
        folders("PATH").forEach(bin -> addPythonOf(bin, prefixes));
        BELOW_HOME.forEach(name -> prefixes.add(home.resolve(name)));
        BELOW_ROOT.forEach(name -> prefixes.add(root.resolve(name)));
        for (Path installed : FolderGlob.matching(root.resolve("opt"), "*")) {
            prefixes.add(installed);
            prefixes.add(installed.resolve(".venv"));
            prefixes.add(installed.resolve("venv"));
        }
        return prefixes;
    }

    /** The prefix of a Python is the folder above its {@code bin}; that of an environment is a link to another Python. */
    private static void addPythonOf(Path bin, Set<Path> prefixes) {
        for (String name : List.of("python3", "python")) {
            Path python = bin.resolve(name);
            if (Files.isExecutable(python)) {
                addPrefix(python.toAbsolutePath().normalize(), prefixes);
                try {
                    addPrefix(python.toRealPath(), prefixes);
                } catch (IOException e) {
                    return; // a link that leads nowhere we may look
                }
            }
        }
    }

    private static void addPrefix(Path python, Set<Path> prefixes) {
        if (python.getNameCount() > 2) {
            prefixes.add(python.resolve("../..").normalize());
        }
    }

    private List<Path> folders(String variable) {
        return List.of(environment.getOrDefault(variable, "").split(File.pathSeparator, -1)).stream()
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .toList();
    }
}
