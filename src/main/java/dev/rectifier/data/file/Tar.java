package dev.rectifier.data.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.BiConsumer;

/**
 * Files in a tar archive, plain or gzip, read in passing: blocks of 512 bytes, a header with name, size and sum, then the
 * content. Names choose among those asked for and go nowhere else; nothing is unpacked to disk.
 */
final class Tar {
    private static final String CURE = "Download the archive again.";
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int SIZE_AT = 124;
    private static final int SUM_AT = 148;
    private static final int TYPE_AT = 156;
    private static final int MOST_FILES = 10_000;

    private Tar() {}

    /** Shows each file whose name, without its folders, is wanted. */
    static void visit(Path archive, Collection<String> wanted, BiConsumer<String, Unpacking> use) {
        try (Unpacking in = Unpacking.open(archive)) {
            for (int files = 0; files < MOST_FILES; files++) {
                byte[] header = in.bytes(BLOCK, "the header of a file");
                if (isZero(header)) {
                    return;
                }
                visit(in, header, wanted, use);
            }
            throw in.fault("it holds more than " + MOST_FILES + " files", CURE);
        }
    }

    private static void visit(
            Unpacking in, byte[] header, Collection<String> wanted, BiConsumer<String, Unpacking> use) {
        long size = octal(in, header, SIZE_AT, 12);
        requireSum(in, header);
        String name = name(header);
        boolean plain = header[TYPE_AT] == '0' || header[TYPE_AT] == 0;
        if (plain && wanted.contains(name)) {
            use.accept(name, in.part(name, in.bytes(size, "the file " + name)));
        } else {
            in.skip(size, "a file");
        }
        in.skip((BLOCK - size % BLOCK) % BLOCK, "the end of a block");
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String name(byte[] header) {
        int length = 0;
        while (length < NAME && header[length] != 0) {
            length++;
        }
        String path = new String(header, 0, length, StandardCharsets.ISO_8859_1);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The sum of the header's bytes, its own field taken as blanks. */
    private static void requireSum(Unpacking in, byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= SUM_AT && i < SUM_AT + 8 ? ' ' : header[i] & 255;
        }
        if (sum != octal(in, header, SUM_AT, 8)) {
            throw in.fault("it is no tar archive, or damaged: the sum of a header is wrong", CURE);
        }
    }

    private static long octal(Unpacking in, byte[] header, int at, int length) {
        String digits = new String(header, at, length, StandardCharsets.ISO_8859_1)
                .replace('\0', ' ')
                .strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw in.fault("it is no tar archive, or damaged: a number in a header is none", CURE);
        }
        return Long.parseLong(digits, 8);
    }
}
