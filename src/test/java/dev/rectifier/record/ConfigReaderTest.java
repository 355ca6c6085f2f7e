package dev.rectifier.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    private static final Schema SCHEMA = Schema.empty()
            .whole("train.batch", 64, Field.Limits.range(1, 65536), "examples in a step")
            .real("train.lr", 0.1, Field.Limits.range(0, 10), "learning rate")
            .flag("student.bias", true, "whether units have biases")
            .text("student.init", "he", Field.Limits.oneOf(List.of("he", "lecun", "xavier")), "initialisation")
            .text("note", "", Field.Limits.NONE, "a remark")
            .wholes("student.hidden", List.of(10L), Field.Limits.range(1, 1e6), "widths")
            .reals("rates", List.of(), Field.Limits.range(0, 1), "rates");

    @TempDir
    Path root;

    private static Config yaml(String text, String... overrides) {
        return ConfigReader.read(SCHEMA, "my.yaml", text, List.of(overrides));
    }

    @Test
    void fileOverridesAndDefaultsComeTogether() {
        Config config = yaml("""
                # a comment
                train:
                  lr: 5e-2
                  batch: 1e3
                student: {hidden: [20, 30], bias: false}
                note: NO
                """, "train.lr=0.5", "rates=0.1,0.2", "student.init=lecun");
        Settings settings = config.settings();
        assertThat(settings.real("train.lr")).isEqualTo(0.5);
        assertThat(settings.whole("train.batch")).isEqualTo(1000);
        assertThat(settings.wholes("student.hidden")).containsExactly(20L, 30L);
        assertThat(settings.flag("student.bias")).isFalse();
        assertThat(settings.text("note")).isEqualTo("NO");
        assertThat(settings.reals("rates")).containsExactly(0.1, 0.2);
        assertThat(config.origins())
                .containsEntry("train.lr", "override")
                .containsEntry("train.batch", "my.yaml:4:3")
                .containsEntry("student.init", "override");
        assertThat(yaml("").settings()).isEqualTo(SCHEMA.defaults());
        assertThat(yaml("").origins()).containsEntry("rates", "default");
        assertThat(ConfigReader.read(SCHEMA, List.of("rates=[]")).settings().reals("rates"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "train: {lrr: 1}        | my.yaml:1:9: 'train.lrr' is not a setting here. Did you mean 'train.lr'?",
                "lr: 1                  | my.yaml:1:1: 'lr' is not a setting here. Did you mean 'train.lr'?",
                "zebra: 1               | my.yaml:1:1: 'zebra' is not a setting here. Known are: note, rates,",
                "train: {lr: 11}        | my.yaml:1:9: 'train.lr' (learning rate) must be a number from 0 to 10, but it is 11.",
                "train: {lr: fast}      | must be a number from 0 to 10, but it is 'fast'.",
                "train: {lr: .nan}      | must be a number",
                "train: {lr: 1e999}     | too large",
                "train: {lr: [1, 2]}    | but it is a list.",
                "train: {batch: 1.5}    | must be a whole number from 1 to 65536, but it is '1.5'.",
                "train: {batch: 1e999999999} | must be a whole number",
                "student: {bias: yes}   | must be true or false, but it is 'yes'.",
                "student: {init: lecum} | must be one of he, lecun, xavier, but it is 'lecum'. Did you mean 'lecun'?",
                "student: {hidden: [1, x]} | list of whole numbers",
                "student: {hidden: [[1]]}  | list of lists",
                "student: {hidden: [{a: 1}]} | list of lists",
                "note:                  | 'note' has no value",
                "train: 3               | 'train' is not a setting",
                "note: {a: 3}           | 'note.a' is not a setting",
                "just text              | must hold settings",
                "- 1                    | must hold settings",
                "{note: a, note: b}     | 'note' is given twice",
                "note: !!java.net.URL [a] | type tags",
                "note: !foo a           | type tags",
                "rates: &a [1]          | anchors and aliases",
                "{note: &a b, rates: *a} | anchors and aliases",
                "note: 'open            | not valid YAML",
                "note: [a               | not valid YAML",
            })
    void malformedFilesAreRefusedInOneLine(String text, String message) {
        assertThatThrownBy(() -> yaml(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("my.yaml:1:")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aBranchThatComesTwiceIsRefused() {
        assertThatThrownBy(() -> yaml("train:\n  lr: 1\ntrain:\n  batch: 1\n"))
                .hasMessageContaining("my.yaml:3:1: 'train' is given twice");
        assertThatThrownBy(() -> yaml("train:\n  lr: 1\ntrain.lr: 1\n"))
                .hasMessageContaining("given before (my.yaml:2:3)");
        assertThatThrownBy(() -> yaml("note: a\n---\nnote: b\n")).hasMessageContaining("second document");
    }

    @Test
    void malformedOverridesAreRefused() {
        assertThatThrownBy(() -> yaml("", "train.lr"))
                .hasMessageContaining("override 'train.lr'")
                .hasMessageContaining("key=value");
        assertThatThrownBy(() -> yaml("", "=1")).hasMessageContaining("key=value");
        assertThatThrownBy(() -> yaml("", "train.lr=")).hasMessageContaining("must be a number");
        assertThatThrownBy(() -> yaml("", "train.lr=1", "train.lr=2")).hasMessageContaining("given before");
        assertThatThrownBy(() -> yaml("", "tran.lr=1")).hasMessageContaining("Did you mean 'train.lr'?");
    }

    @Test
    void hostileFilesAreRefused() throws IOException {
        String deep = IntStream.range(0, 2000).mapToObj(i -> "{a: ").collect(Collectors.joining());
        assertThatThrownBy(() -> yaml(deep)).isInstanceOf(ConfigException.class);
        String laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        assertThatThrownBy(() -> yaml(laughs)).hasMessageContaining("anchors");
        Path large = root.resolve("large.yaml");
        Files.write(large, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> ConfigReader.read(SCHEMA, large, List.of())).hasMessageContaining("larger than 1 MiB");
        Path binary = root.resolve("binary.yaml");
        Files.write(binary, new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThatThrownBy(() -> ConfigReader.read(SCHEMA, binary, List.of())).hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> ConfigReader.read(SCHEMA, root.resolve("absent"), List.of()))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> ConfigReader.read(SCHEMA, root, List.of())).isInstanceOf(ConfigException.class);
    }

    /** Whatever bytes come, the answer is a configuration or a ConfigException. */
    @Test
    void noTextCausesAnotherError() {
        SplittableRandom random = new SplittableRandom(9);
        String alphabet = "train:lr{}[],-&*!|>'\"\n\t #0129.~%@`?é\\=";
        for (int i = 0; i < 3000; i++) {
            String text = random.ints(random.nextInt(1, 40), 0, alphabet.length())
                    .mapToObj(c -> alphabet.substring(c, c + 1))
                    .collect(Collectors.joining());
            try {
                yaml(text);
            } catch (ConfigException e) {
                assertThat(e).hasMessageStartingWith("my.yaml").message().doesNotContain("\n");
            }
        }
    }

    @Test
    void aRunsOwnConfigGivesTheSameRun() throws IOException {
        Settings settings = yaml("", "train.lr=1e-7", "note=a \"b\" é", "student.hidden=3,4")
                .settings();
        RunSpec spec = new RunSpec("luck-matters", "two-layer", "small", settings, SCHEMA.defaults());
        Path file = root.resolve("config.yaml");
        Files.writeString(file, RunConfig.yaml(spec));
        Config config = ConfigReader.read(SCHEMA, file, List.of());
        assertThat(config.head()).containsEntry("run", spec.id().hex()).containsEntry("scale", "small");
        RunSpec again = new RunSpec("luck-matters", "two-layer", "small", config.settings(), SCHEMA.defaults());
        assertThat(again.id()).isEqualTo(spec.id());
    }

    @Test
    void schemasAreChecked() {
        assertThatThrownBy(() -> SCHEMA.flag("note", true, "")).hasMessageContaining("declared twice");
        assertThatThrownBy(() -> SCHEMA.flag("train", true, "")).hasMessageContaining("branch");
        assertThatThrownBy(() -> SCHEMA.flag("scale", true, "")).hasMessageContaining("part of every run");
        assertThat(Schema.empty().and(SCHEMA).fields()).isEqualTo(SCHEMA.fields());
    }
}
