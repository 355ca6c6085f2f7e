package dev.rectifier.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Version and commit, as the jar's manifest tells them. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"rectifier " + version(), "Java " + System.getProperty("java.version")};
    }

    /** The version of this build, or {@code development} when it does not run from a jar. */
    static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
