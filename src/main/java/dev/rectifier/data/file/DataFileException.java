package dev.rectifier.data.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file is not what it should be, or cannot be read or written. The message says what, where, why and what to do. */
public final class DataFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private DataFileException(String message) {
        super(message);
    }

    private DataFileException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A file whose content is wrong at a byte, or, with a negative one, as a whole. */
    public static DataFileException of(String file, long at, String why, String cure) {
        String place = at < 0 ? "" : ", byte " + at;
        String sentence = why.endsWith(".") ? why : why + ".";
        return new DataFileException("Cannot read " + file + place + ": " + sentence + " " + cure);
    }

    /** A file that the system does not let us use; {@code doing} is «read» or «write». */
    public static DataFileException of(String doing, Path file, IOException cause) {
        return new DataFileException("Cannot " + doing + " " + file + ": " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file. Check the path.";
        }
        if (cause instanceof AccessDeniedException) {
            return "no permission. Check its owner and mode.";
        }
        return cause.getMessage() + " (" + cause.getClass().getSimpleName() + "). Check the file and the disk.";
    }
}
