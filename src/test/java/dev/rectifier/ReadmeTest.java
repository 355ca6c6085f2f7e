package dev.rectifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README.md and the pages of src/site/markdown say what is so. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Path PAGES = Path.of("src/site/markdown");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern SOURCE = Pattern.compile("`((?:src|cuda|native|\\.mvn|\\.ci)/[\\w./-]+)`");

    @Test
    void readmeIsShort() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(150);
    }

    @Test
    void readmeExampleIsTheTestedOne() throws IOException {
        String test = Files.readString(Path.of("src/test/java/dev/rectifier/LibraryExampleTest.java"));
        String tested = test.substring(test.indexOf("from here\n") + 10, test.indexOf("        // README: to here"));
        assertThat(find(JAVA, README)).containsExactly(tested.stripTrailing().stripIndent() + "\n");
    }

    @Test
    void everyFileThatIsNamedExists() throws IOException {
        for (Path page : pages()) {
            assertThat(find(LINK, page))
                    .as("links of %s", page)
                    .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists());
            assertThat(find(SOURCE, page))
                    .as("sources named in %s", page)
                    .allSatisfy(source -> assertThat(Path.of(source)).exists());
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.walk(PAGES)) {
            return Stream.concat(
                            Stream.of(README),
                            pages.filter(page -> page.toString().endsWith(".md")))
                    .toList();
        }
    }

    private static List<String> find(Pattern pattern, Path page) throws IOException {
        return pattern.matcher(Files.readString(page))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
