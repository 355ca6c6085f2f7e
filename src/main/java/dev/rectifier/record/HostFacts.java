package dev.rectifier.record;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine and Java.
 *
 * @param name host name
 * @param os operating system, version and processor architecture
 * @param java Java version and virtual machine
 * @param cores processors that Java sees
 * @param maxHeapBytes limit of the heap
 */
public record HostFacts(String name, String os, String java, int cores, long maxHeapBytes) {
    private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

    /** The facts of this process. */
    public static HostFacts ofThisProcess() {
        Runtime runtime = Runtime.getRuntime();
        return new HostFacts(
                hostName(),
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                property("java.version") + " " + property("java.vm.name") + " " + property("java.vm.version"),
                runtime.availableProcessors(),
                runtime.maxMemory());
    }

    private static String property(String key) {
        return System.getProperty(key, "unknown");
    }

    // The kernel's own name first: asking the resolver can take seconds where there is no network.
    static String hostName() {
        try {
            return Files.isReadable(KERNEL_NAME)
                    ? Files.readString(KERNEL_NAME).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
