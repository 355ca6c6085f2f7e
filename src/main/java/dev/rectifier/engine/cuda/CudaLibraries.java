package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NoDeviceException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/**
 * The shared libraries behind JCuda: found, loaded by absolute path in the order of their dependencies, before JCuda's own
 * natives ask for them by name. JCuda 12.6 wants CUDA 12 names; on a CUDA 13 host a forwarder of that name is loaded after
 * the library it forwards to.
 *
 * <p>A process has one {@code libcuda.so.1}: whichever of the real and the emulated driver is loaded first stays.
 */
final class CudaLibraries {
    /** Which driver this process uses. */
    enum Driver {
        REAL("the real CUDA driver"),
        EMULATED("the emulated CUDA driver");

        private final String words;

        Driver(String words) {
            this.words = words;
        }
    }

    private static Optional<Driver> loaded = Optional.empty();

    private CudaLibraries() {}

    /** What stands in the way of using {@code driver} in this process: the other one. */
    static synchronized Optional<String> conflict(Driver driver) {
        return loaded.filter(other -> other != driver)
                .map(other -> "this process already uses " + other.words + ", and it can have only one libcuda.so.1");
    }

    /** Whether this process has loaded that driver. */
    static synchronized boolean uses(Driver driver) {
        return loaded.filter(held -> held == driver).isPresent();
    }

    /** Loads the driver library and JCuda's driver binding; nothing to do the second time. */
    static synchronized void loadDriver(Driver driver, Path library) {
        conflict(driver).ifPresent(reason -> {
            throw new NoDeviceException("Cannot use " + driver.words + ": " + reason + ". Start another process.");
        });
        if (loaded.isEmpty()) {
            load(library);
            loaded = Optional.of(driver);
            BoundNatives.initialise("JCudaDriver", () -> JCudaDriver.setExceptionsEnabled(false));
        }
    }

    static void load(Path library) {
        try {
            System.load(library.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            Path folder = library.toAbsolutePath().resolveSibling("");
            throw new NoDeviceException(
                    "The library " + library + " cannot be loaded: " + BoundNatives.reason(e, folder), e);
        }
    }

    /**
     * A toolkit library that has been found, not yet loaded.
     *
     * @param description what it is and where
     * @param files to load, in order
     * @param binding JCuda's native half
     * @param firstUse initialises the JCuda class
     */
    record Library(String description, List<Path> files, String binding, Runnable firstUse) {
        void load() {
            files.forEach(CudaLibraries::load);
            BoundNatives.initialise(binding, firstUse);
        }
    }

    /** libcuda.so.1 of an NVIDIA driver. */
    static Optional<Path> realDriver(LibrarySearch search) {
        String named = System.getProperty("rectifier.cuda.driver", "");
        return named.isEmpty() ? search.find("libcuda.so.1") : Optional.of(Path.of(named));
    }

    /** cuBLAS of a CUDA 12 or 13 toolkit. */
    static Optional<Library> cublas(LibrarySearch search) {
        return twelve(search, "libcublas.so.12", List.of("libcublasLt.so.12"))
                .or(() -> thirteen(search, "libcublas", List.of("libcublasLt.so.13")))
                .map(files -> cublas(files.description, files.inOrder));
    }

    /** A library under cuBLAS's name at a known place. */
    static Library cublas(String description, List<Path> files) {
        return new Library(description, files, "JCublas2", () -> JCublas2.setExceptionsEnabled(false));
    }

    /** cuDNN 9, which opens its parts itself, from its own folder. */
    static Optional<Library> cudnn(LibrarySearch search) {
        return search.find("libcudnn.so.9").map(file -> cudnn(file.toString(), file));
    }

    /** A library under cuDNN's name at a known place. */
    static Library cudnn(String description, Path file) {
        return new Library(description, List.of(file), "JCudnn", () -> JCudnn.setExceptionsEnabled(false));
    }

    /**
     * cublasLt: a library that comes with cuBLAS.
     *
     * @param half our own library that leads to it
     * @param file NVIDIA's
     */
    record Lt(Path half, Path file) {}

    /**
     * The cublasLt among cuBLAS's files.
     *
     * @throws NoDeviceException if it is not there, or our own half was not built
     */
    static Lt lt(Library cublas) {
        Path file = cublas.files().stream()
                .filter(path -> String.valueOf(path.getFileName()).startsWith("libcublasLt.so."))
                .findFirst()
                .orElseThrow(
                        () -> new NoDeviceException("there is no libcublasLt beside cuBLAS, " + cublas.description()));
        Path half = own("lt", "librectifier_lt.so")
                .orElseThrow(() -> new NoDeviceException(
                        "this build has no librectifier_lt.so (made where a C++ compiler and a JDK's jni.h are)"));
        return new Lt(half, file);
    }

    /** NVRTC of a CUDA 12 or 13 toolkit. */
    static Optional<Library> nvrtc(LibrarySearch search) {
        return twelve(search, "libnvrtc.so.12", List.of())
                .or(() -> thirteen(search, "libnvrtc", List.of()))
                .map(files -> new Library(
                        files.description,
                        withBuiltins(files.inOrder),
                        "JNvrtc",
                        () -> JNvrtc.setExceptionsEnabled(false)));
    }

    private record Found(String description, List<Path> inOrder) {}

    private static Optional<Found> twelve(LibrarySearch search, String name, List<String> before) {
        return search.find(name).map(library -> new Found(library.toString(), inOrder(library, before)));
    }

    private static Optional<Found> thirteen(LibrarySearch search, String stem, List<String> before) {
        Optional<Path> library = search.find(stem + ".so.13");
        Optional<Path> forwarder = library.isEmpty() ? Optional.empty() : own("forwarder", stem + ".so.12");
        return forwarder.map(by -> {
            List<Path> files = inOrder(library.orElseThrow(), before);
            files.add(by);
            return new Found(library.orElseThrow() + " through the forwarder", files);
        });
    }

    private static List<Path> inOrder(Path library, List<String> before) {
        List<Path> files = new ArrayList<>();
        for (String name : before) {
            Path beside = library.resolveSibling(name);
            if (Files.exists(beside)) {
                files.add(beside);
            }
        }
        files.add(library);
        return files;
    }

    /** NVRTC looks for its built-in functions by name when it compiles; a neighbour that is already loaded is found. */
    private static List<Path> withBuiltins(List<Path> files) {
        List<Path> all = new ArrayList<>();
        Path folder = files.get(0).toAbsolutePath().getParent();
        try (DirectoryStream<Path> builtins = Files.newDirectoryStream(folder, "libnvrtc-builtins.so.*")) {
            builtins.forEach(all::add);
        } catch (IOException e) {
            throw new DeviceException("The folder of " + files.get(0) + " cannot be read: " + e.getMessage(), e);
        }
        all.addAll(files);
        return all;
    }

    /** A library of this project, {@code part} of native/: from -Drectifier.native, else from the jar. */
    private static Optional<Path> own(String part, String name) {
        String folder = System.getProperty("rectifier.native", "");
        Path built = Path.of(folder, part, name);
        if (!folder.isEmpty() && Files.isRegularFile(built)) {
            return Optional.of(built);
        }
        String resource = "/native/linux-x86_64/" + name;
        return CudaLibraries.class.getResource(resource) == null
                ? Optional.empty()
                : Optional.of(BoundNatives.place(name, resource).resolve(name));
    }
}
