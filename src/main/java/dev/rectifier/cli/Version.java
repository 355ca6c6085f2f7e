package dev.rectifier.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Version and commit, as the jar's manifest tells them: {@code version+commit}. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "rectifier " + version() + " (commit " + commit() + ")", "Java " + System.getProperty("java.version")
        };
    }

    /** The version of this build, or {@code development} when it does not run from a jar. */
    static String version() {
        return full().replaceFirst("\\+.*", "");
    }

    /** The commit this jar was built from, or {@code unknown}. */
    static String commit() {
        String full = full();
        int plus = full.indexOf('+');
        return plus < 0 ? "unknown" : full.substring(plus + 1);
    }

    private static String full() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
