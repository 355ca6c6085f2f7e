package dev.rectifier.record;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A run's files could not be written, read or locked. The message says what, where, why and what to do. */
public class RecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An error with nothing beneath it. */
    public RecordException(String message) {
        super(message);
    }

    RecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static RecordException of(String doing, Path file, IOException cause) {
        return new RecordException("Cannot " + doing + " " + file + ": " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        String said = String.valueOf(cause.getMessage());
        String small = said.toLowerCase(Locale.ROOT);
        if (small.contains("no space left") || small.contains("quota exceeded") || small.contains("disk full")) {
            return "the disk is full. Free some space, then resume: what was saved before is intact.";
        }
        if (cause instanceof AccessDeniedException || small.contains("read-only")) {
            return "no permission. Check the owner and mode of the folder, or choose another one.";
        }
        if (cause instanceof NoSuchFileException) {
            return "it does not exist.";
        }
        return said + " (" + cause.getClass().getSimpleName() + "). Check the disk, then resume.";
    }
}
