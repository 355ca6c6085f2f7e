package dev.rectifier.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house sheet where it can be counted. Each complaint reads {@code file:line: what, why, cure}. */
class CodeStandardsTest {
    private static final int FILE_LINES = 500;
    private static final int METHOD_LINES = 60;
    private static final List<Path> JAVA = List.of(
            Path.of("src/main/java"), Path.of("src/test/java"), Path.of("src/jmh/java"), Path.of("src/fuzz/java"));
    private static final List<Path> NATIVE = List.of(Path.of("cuda"), Path.of("native"));
    private static final Set<String> ENDINGS = Set.of("java", "cu", "cuh", "c", "cpp", "cc", "h", "sh");

    @Test
    void filesAreShort() throws IOException {
        List<String> complaints = new ArrayList<>();
        for (Path file : sources()) {
            long lines = text(file).lines().count();
            if (lines > FILE_LINES) {
                complaints.add(file + ":" + lines + ": " + lines + " lines where " + FILE_LINES
                        + " are the limit, because a reader holds no more; split it by what its parts do");
            }
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void methodsAreShort() throws IOException {
        List<String> complaints = new ArrayList<>();
        for (Path file : sources()) {
            if (file.toString().endsWith(".java")) {
                JavaText.methods(text(file)).stream()
                        .filter(method -> method.lines() > METHOD_LINES)
                        .map(method ->
                                file + ":" + method.firstLine() + ": " + method.header() + " has " + method.lines()
                                        + " lines where " + METHOD_LINES + " are the limit; name its steps as methods")
                        .forEach(complaints::add);
            }
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        Set<String> marks = Set.of("TO" + "DO", "FIX" + "ME", "XX" + "X");
        List<String> complaints = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (marks.stream().anyMatch(lines.get(i)::contains)) {
                    complaints.add(file + ":" + (i + 1) + ": a note for later; do it now or write it down as an issue");
                }
            }
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void packagesAreDescribed() throws IOException {
        Set<Path> described = packages(true);
        assertThat(packages(false).stream()
                        .filter(name -> !described.contains(name))
                        .map(name -> name + ": no package-info.java; write one with @NullMarked and a paragraph on the"
                                + " package's single duty"))
                .isEmpty();
    }

    private static Set<Path> packages(boolean described) throws IOException {
        return sources().stream()
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !described || file.endsWith("package-info.java"))
                .map(file -> rootOf(file).relativize(file).getParent())
                .collect(Collectors.toSet());
    }

    private static Path rootOf(Path file) {
        return JAVA.stream().filter(file::startsWith).findFirst().orElseThrow();
    }

    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : Stream.concat(JAVA.stream(), NATIVE.stream())
                .filter(Files::isDirectory)
                .toList()) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(CodeStandardsTest::isSource).sorted().forEach(found::add);
            }
        }
        return found;
    }

    private static boolean isSource(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file);
    }
}
