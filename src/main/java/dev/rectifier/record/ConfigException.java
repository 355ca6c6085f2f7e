package dev.rectifier.record;

/** A configuration was refused. The message is one line: where (file:line:column), what, why, and what to do. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** {@code where}: file:line:column, or what was read. */
    public ConfigException(String where, String problem) {
        super(where + ": " + problem);
    }
}
