package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.NoDeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import jcuda.JCudaVersion;

/**
 * Loads the native halves of JCuda's classes. Left alone, JCuda unpacks them to a predictable name in the shared temporary
 * folder and loads whatever already has that name. So they are unpacked here, into a folder of this user named by their
 * hash and verified at each load; JCuda then finds them there as its «temporary» files.
 */
final class BoundNatives {
    private static final String TEMPORARY = "java.io.tmpdir";

    private BoundNatives() {}

    /**
     * Runs {@code firstUse}, which initialises the JCuda class whose native half is {@code name} (such as JCudaDriver).
     *
     * @throws DeviceException if the native half is missing, or needs a library that is not there
     */
    static synchronized void initialise(String name, Runnable firstUse) {
        String fileName = "lib" + name + "-" + JCudaVersion.get() + "-linux-x86_64.so";
        PrivateFolder folder = unpack(fileName);
        String shared = System.getProperty(TEMPORARY, "/tmp");
        System.setProperty(TEMPORARY, folder.toString());
        try {
            firstUse.run();
        } catch (LinkageError e) {
            throw new NoDeviceException(
                    "JCuda's " + fileName + " cannot be loaded: " + reason(e, folder.resolve("")), e);
        } finally {
            System.setProperty(TEMPORARY, shared);
        }
    }

    /** Why a library in that folder cannot be loaded; of JCuda's page about it the first line, unless we know better. */
    static String reason(Throwable e, Path folder) {
        String message = String.valueOf(e.getMessage());
        return message.contains("failed to map segment")
                ? "the file system of " + folder
                        + " lets no program run (it is mounted noexec). Name a folder elsewhere"
                        + " with -Drectifier.cache=FOLDER, or set XDG_CACHE_HOME."
                : message.lines().findFirst().orElse("no reason given");
    }

    private static PrivateFolder unpack(String fileName) {
        return place(fileName, "/lib/" + fileName);
    }

    /** The folder that holds the resource as {@code fileName}, with exactly the resource's bytes. */
    static PrivateFolder place(String fileName, String resource) {
        try {
            byte[] content = content(resource);
            PrivateFolder folder =
                    PrivateFolder.cache("natives").open(Sha256.of(content).substring(0, 16));
            if (!folder.holds(fileName) || !Arrays.equals(folder.read(fileName), content)) {
                folder.write(fileName, content);
            }
            return folder;
        } catch (IOException e) {
            throw new NoDeviceException(
                    "The native library " + fileName + " cannot be unpacked into "
                            + PrivateFolder.cachePlace("natives") + ": " + e
                            + ". Make that folder writable, or name another with -Drectifier.cache=FOLDER.",
                    e);
        }
    }

    private static byte[] content(String resource) throws IOException {
        try (InputStream stream = BoundNatives.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IOException(
                        resource + " is not on the class path; this build has no CUDA natives (linux-x86_64 only)");
            }
            return stream.readAllBytes();
        }
    }
}
