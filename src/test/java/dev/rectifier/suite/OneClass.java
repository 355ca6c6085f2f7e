package dev.rectifier.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A process of its own: {@code OneClass CLASS FILE} runs a test class and writes its {@link ClassResult} as JSON. */
final class OneClass {
    private OneClass() {}

    public static void main(String[] arguments) throws IOException {
        ClassResult result = run(arguments[0]);
        new ObjectMapper().writeValue(Path.of(arguments[1]).toFile(), result);
        System.exit(0); // a thread that a failed test left behind must not hold the suite up
    }

    static ClassResult run(String name) {
        TestTally tally = new TestTally();
        long start = System.nanoTime();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(name))
                .build();
        LauncherFactory.create().execute(request, tally);
        return tally.result(name.substring(name.lastIndexOf('.') + 1), (System.nanoTime() - start) / 1e9);
    }
}
