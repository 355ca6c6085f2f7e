package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel table against the text of {@code cuda/*.cu}, the house sheet for kernels, and the conformance suite. */
class KernelTableTest {
    private static final Path SOURCES = Path.of("cuda");
    private static final Pattern ENTRY =
            Pattern.compile("^KERNEL\\((\\w+)\\)\\(([^)]*)\\) \\{\n(.*?)^}\n", Pattern.MULTILINE | Pattern.DOTALL);
    /** A family: one text for all its members, which are listed by their numbers. */
    private static final Pattern FAMILY = Pattern.compile(
            "^#define LANES\\(.*?\\n    KERNEL\\([^)]*\\)\\(([^)]*)\\) \\{", Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern MEMBER = Pattern.compile("^LANES\\(([^)]*)\\)$", Pattern.MULTILINE);
    private static final int KERNEL_LINES = 90;
    private static final int FILE_LINES = 400;

    /** @param parameters as written, without {@code __restrict__} and line breaks */
    private record Entry(String file, String stem, String parameters, long lines) {}

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(SOURCES)) {
            return all.filter(file -> file.toString().endsWith(".cu")).sorted().toList();
        }
    }

    private static String plain(String parameters) {
        return parameters.replace("__restrict__", "").replaceAll("\\s+", " ").strip();
    }

    private static Map<String, Entry> entries() throws IOException {
        Map<String, Entry> entries = new TreeMap<>();
        for (Path file : files()) {
            String text = Files.readString(file).replace(" \\\n", "\n");
            String name = file.getFileName().toString().replace(".cu", "");
            Matcher matcher = ENTRY.matcher(text);
            while (matcher.find()) {
                long lines = matcher.group().lines().count();
                entries.put(matcher.group(1), new Entry(name, matcher.group(1), plain(matcher.group(2)), lines));
            }
            Matcher family = FAMILY.matcher(text);
            Matcher member = MEMBER.matcher(text);
            while (family.find(0) && member.find()) {
                String stem = name + "_" + member.group(1).replace(", ", "_");
                entries.put(stem, new Entry(name, stem, plain(family.group(1)), 1));
            }
        }
        return entries;
    }

    @Test
    void tableAndSourcesNameTheSameKernels() throws IOException {
        TreeSet<String> table =
                Stream.of(KernelTable.values()).map(KernelTable::stem).collect(Collectors.toCollection(TreeSet::new));
        assertThat(entries().keySet()).isEqualTo(table);
    }

    @ParameterizedTest
    @EnumSource
    void signatureIsAsTheTableSays(KernelTable kernel) throws IOException {
        Map<String, Entry> entries = entries();
        assertThat(entries).containsKey(kernel.stem());
        Entry entry = Objects.requireNonNull(entries.get(kernel.stem()));
        String expected =
                kernel.parameters().stream().map(Parameter::declaration).collect(Collectors.joining(", "));
        assertThat(entry.parameters()).isEqualTo(expected);
        assertThat(entry.file()).isEqualTo(kernel.file());
        assertThat(entry.lines()).as("lines of the kernel").isLessThanOrEqualTo(KERNEL_LINES);
    }

    @ParameterizedTest
    @EnumSource
    void outputsStandBeforeInputsAndSizesBeginWithR(KernelTable kernel) {
        List<Parameter> arrays =
                kernel.parameters().stream().filter(p -> p.type().isPointer()).toList();
        List<Boolean> constness = arrays.stream().map(Parameter::constant).toList();
        assertThat(constness).isEqualTo(constness.stream().sorted().toList());
        assertThat(kernel.parameters().get(2 * arrays.size()).name()).isEqualTo("R");
    }

    @ParameterizedTest
    @EnumSource
    void costGrowsInProportionToTheReplicas(KernelTable kernel) {
        Cost one = kernel.cost(4, 1, 8, 8, 8, 8, 8, 8, 8, 8, 8);
        Cost three = kernel.cost(4, 3, 8, 8, 8, 8, 8, 8, 8, 8, 8);
        assertThat(three.bytes()).isEqualTo(3 * one.bytes()).isPositive();
        assertThat(three.flops()).isEqualTo(3 * one.flops()).isNotNegative();
    }

    @ParameterizedTest
    @MethodSource("files")
    void fileOpensWithAnEssay(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> essay =
                lines.stream().takeWhile(line -> line.startsWith("//")).toList();
        assertThat(essay).as("essay of %s", file).hasSizeGreaterThanOrEqualTo(12);
        assertThat(String.join("\n", essay))
                .contains("Layout.", "Threads.", "Determinis")
                .containsIgnoringCase("bytes");
        assertThat(lines).hasSizeLessThanOrEqualTo(FILE_LINES);
    }

    @ParameterizedTest
    @MethodSource("files")
    void noKernelUsesAtomicsOrABareWarpWidth(Path file) throws IOException {
        List<String> code = Files.readAllLines(file).stream()
                .map(line -> line.replaceAll("//.*", ""))
                .toList();
        assertThat(code).noneMatch(line -> line.contains("atomic"));
        assertThat(code)
                .noneMatch(line -> line.matches(".*\\b32\\b.*")
                        && !line.contains("tile32")
                        && !line.contains("Tile32")
                        && !line.startsWith("LANES("));
    }

    /** In headers: an and and an or, of which each thread changes bits of its own alone. */
    @Test
    void onlyGatesUseAtomicsAndOnlyOnBits() throws IOException {
        List<String> uses = new ArrayList<>();
        try (Stream<Path> all = Files.list(SOURCES)) {
            for (Path header :
                    all.filter(file -> file.toString().endsWith(".cuh")).toList()) {
                Matcher matcher =
                        Pattern.compile("(?m)^(?!\\s*//).*\\b(atomic\\w+)").matcher(Files.readString(header));
                while (matcher.find()) {
                    uses.add(header.getFileName() + " " + matcher.group(1));
                }
            }
        }
        assertThat(uses).containsExactlyInAnyOrder("gate_words.cuh atomicAnd", "gate_words.cuh atomicOr");
    }

    /** The call of the engine that launches each kernel, as a conformance trial writes it. */
    private static String operation(KernelTable kernel) {
        String stem = kernel.stem();
        String camel = Pattern.compile("_(\\w)")
                .matcher(stem)
                .replaceAll(found -> found.group(1).toUpperCase(java.util.Locale.ROOT));
        return switch (kernel.file()) {
            case "dense", "dense_tensor" -> "dense()." + dense(camel) + "(";
            case "conv" -> "conv()." + dense(camel) + "(";
            case "loss" -> "losses().evaluate(";
            case "loss_tangent" -> "losses()." + (kernel == KernelTable.LOSS_OUTER ? "outer(" : "tangent(");
            case "update" -> "update()." + (stem.startsWith("step") ? "step" : camel) + "(";
            case "reduce" -> "reduce()." + (kernel == KernelTable.FINISH ? "sum" : camel) + "(";
            case "norm", "norm_elements", "norm_tile" -> "norm()." + norm(kernel) + "(";
            case "pool" -> "pool()." + after("pool", camel) + "(";
            case "weight_norm" -> "weightNorm()." + after("weightNorm", camel) + "(";
            case "streamed" -> "streamed()." + streamed(kernel) + "(";
            default -> kernel.file() + "()." + camel + "(";
        };
    }

    private static String after(String group, String camel) {
        int from = group.length();
        return camel.substring(from, from + 1).toLowerCase(java.util.Locale.ROOT) + camel.substring(from + 1);
    }

    private static String streamed(KernelTable kernel) {
        return switch (kernel) {
            case STREAMED_SWEEP -> "sweep";
            case STREAMED_SUMS, STREAMED_OUTPUTS -> "outputs";
            default -> "guard";
        };
    }

    private static String norm(KernelTable kernel) {
        return switch (kernel) {
            case NORM_SUMS, NORM_SUMS_FINISH, NORM_BACKWARD, NORM_TILE_BACKWARD -> "backward";
            case NORM_TANGENT_SUMS, NORM_BACKWARD_TANGENT -> "backwardTangent";
            case NORM_TANGENT -> "tangent";
            case NORM_TRACK -> "track";
            case NORM_CONSTANTS -> "normalise";
            default -> "forward";
        };
    }

    private static String dense(String camel) {
        return Stream.of("forward", "inputGradient", "weightGradient", "biasGradient")
                .filter(name ->
                        camel.toLowerCase(java.util.Locale.ROOT).contains(name.toLowerCase(java.util.Locale.ROOT)))
                .findFirst()
                .orElse("forward");
    }

    /**
     * Whole stretches by ResidentEnginesTest, against the CPU's bits, and ResidentLanesTest; the clock by CapturedTest;
     * multiply-adds by CeilingsKernelTest.
     */
    private static boolean heldElsewhere(KernelTable kernel) {
        return kernel.file().startsWith("resident")
                || kernel.file().equals("ceilings")
                || kernel == KernelTable.ADVANCE;
    }

    @Test
    void everyKernelHasAConformanceTrial() throws IOException {
        StringBuilder suite = new StringBuilder();
        try (Stream<Path> contracts = Files.list(Path.of("src/test/java/dev/rectifier/conformance"))) {
            for (Path contract : contracts
                    .filter(file -> file.toString().endsWith("Contract.java"))
                    .toList()) {
                suite.append(Files.readString(contract));
            }
        }
        String text = suite.toString().replaceAll("\\s+", "");
        List<String> missing = new ArrayList<>();
        for (KernelTable kernel : KernelTable.values()) {
            if (!heldElsewhere(kernel) && !text.contains(operation(kernel))) {
                missing.add(kernel + ": no trial calls " + operation(kernel) + ")");
            }
        }
        assertThat(missing).isEmpty();
    }
}
