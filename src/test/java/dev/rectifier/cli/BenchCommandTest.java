package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.engine.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command from its words to its files and exit codes. */
class BenchCommandTest {
    private static final String ONE_STUDENT = "cpu/10-10-1 R=64 N=1";

    private final CommandLineSession session = new CommandLineSession();

    @TempDir
    private Path folder;

    @AfterEach
    void forgetScripts() {
        System.clearProperty("rectifier.bench.python");
    }

    private int bench(String... words) {
        String[] line = new String[words.length + 3];
        System.arraycopy(new String[] {"bench", "--engine", "cpu"}, 0, line, 0, 3);
        System.arraycopy(words, 0, line, 3, words.length);
        return session.run(line);
    }

    @Test
    void listsCasesAndMeasuresNothing() {
        assertThat(bench("--list", "--suite", "kernels,wide", "--only", "/relu|100-W"))
                .isZero();
        assertThat(session.out().lines().toList())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("kernels/relu") || line.startsWith("wide/100-W-1"));
    }

    @Test
    void wrongWordsAreAUsageErrorBeforeAnythingIsMeasured() {
        assertThat(bench("--suite", "kernel")).isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("known are ceilings, kernels, cpu, ensembles, wide, studies");
        assertThat(bench("--only", "(")).isEqualTo(ExitCode.USAGE.code());
        assertThat(bench("--pairs", "1")).isEqualTo(ExitCode.USAGE.code());
        assertThat(bench("--out", folder.toString())).isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("exists already");
    }

    @Test
    void goalsChooseTheirCasesAndAreAllTold() {
        assertThat(bench("--list", "--goal", "23")).isZero();
        assertThat(session.out().lines().toList()).containsExactly(ONE_STUDENT + " P=121");
        assertThat(bench("--goal", "24")).isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("they are numbered 1 to 23");
        assertThat(bench("--goal", "1", "--suite", "cpu")).isEqualTo(ExitCode.USAGE.code());
        assertThat(bench("--check", "--goal", "23,1")).isZero();
        assertThat(session.out())
                .containsPattern("goal  1 .*not measured: nothing was timed")
                .containsPattern("goal 23 .*not measured: nothing was timed");
    }

    @Test
    void aStudysOwnLoopIsACase() {
        assertThat(bench("--check", "--suite", "studies", "--only", "matrix dynamics"))
                .isZero();
        assertThat(session.out()).contains("matrix dynamics R=1 N=64 W=40").contains("not measured; step by step");
    }

    @Test
    void resultsOfNowhereAreNotAccepted() throws IOException {
        Path results = Files.createDirectories(folder.resolve("results"));
        String header = "{\"kind\":\"circumstances\",\"circumstances\":{\"rectifier\":\"1, commit %s\"}}\n";
        String row = "{\"kind\":\"row\",\"status\":\"measured\"}\n";
        String history = folder.resolve("history.jsonl").toString();
        assertThat(bench("--accept", results.toString())).isEqualTo(ExitCode.USAGE.code());
        Files.writeString(results.resolve("results.jsonl"), header.formatted("unknown") + row);
        assertThat(bench("--accept", results.toString(), "--history", history)).isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("are not accepted: its commit is \"unknown\"");
        Files.writeString(results.resolve("results.jsonl"), header.formatted("12ab") + row);
        assertThat(bench("--accept", results.toString(), "--history", history)).isZero();
        assertThat(session.out()).contains("accepted 1 rows");
        assertThat(Files.readString(Path.of(history)).lines()).hasSize(2);
    }

    @Test
    void theTableOfTheHistoryInTheTreeIsPrinted() {
        assertThat(bench("--history", "src/jmh/history/cpu-epyc-2-cores.jsonl")).isZero();
        assertThat(session.out()).contains("## ms per 64 steps").contains("| 64 x 10-10-1 batch 1, F32 |");
    }

    /** Two convolutions and two normalisations with ReLU, forward and back. */
    @Test
    void cuDnnStandsBesideConvolutionsAndNormalisations() {
        assumeEmulated();
        assertThat(session.run("bench", "--engine", "emulated", "--suite", "kernels", "--only", "convolution|and relu"))
                .isZero();
        assertThat(session.out().lines().filter(line -> line.contains(" cuDNN ")))
                .hasSize(10)
                .allMatch(line -> line.contains("not measured; 9.5.0, emulated ") && line.contains(" allowed"));
        assertThat(session.out().lines().filter(line -> line.contains(" own kernels ")))
                .hasSize(6);
    }

    @Test
    void anAbsentLibraryCostsOneRow() {
        assumeEmulated();
        System.setProperty("rectifier.cudnn", "none");
        try {
            assertThat(session.run("bench", "--engine", "emulated", "--suite", "kernels", "--only", "relu"))
                    .isZero();
        } finally {
            System.clearProperty("rectifier.cudnn");
        }
        assertThat(session.out().lines().filter(line -> line.contains("cuDNN")))
                .hasSize(1)
                .allMatch(line -> line.contains("refused; not present: -Drectifier.cudnn=none"));
    }

    private static void assumeEmulated() {
        assumeTrue(Engines.providers().stream()
                .anyMatch(provider ->
                        provider.name().equals("emulated") && provider.probe().available()));
    }

    @Test
    void aQuickBenchWritesItsThreeFilesWholly() throws IOException {
        Path out = folder.resolve("results");
        assertThat(bench("--quick", "--peers", "none", "--pairs", "4", "--only", ONE_STUDENT, "--out", out.toString()))
                .isZero();
        assertThat(session.out())
                .contains("ceilings here: copy")
                .contains("rectifier stepwise")
                .contains("times ours");
        assertThat(Files.readString(out.resolve("results.jsonl")).lines())
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(line -> line.endsWith("}"));
        assertThat(Files.readString(out.resolve("summary.md")))
                .startsWith("# rectifier bench")
                .contains("| 10-10-1 R=64 N=1 P=121 | rectifier | hot |")
                .contains("## Circumstances");
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("<h2>cpu</h2>")
                .endsWith("</html>\n");
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(out);
        }
    }

    @Test
    void aCheckTimesNothing() {
        assertThat(bench("--check", "--suite", "kernels", "--only", "relu")).isZero();
        assertThat(session.out()).contains("not measured").doesNotContainPattern("[0-9] (us|ms|s)\\b");
    }

    @Test
    void theEmulatedDeviceIsVerifiedAndNeverTimed() throws IOException {
        assumeEmulated();
        Path out = folder.resolve("results");
        assertThat(session.run(
                        "bench",
                        "--engine",
                        "emulated",
                        "--only",
                        "relu|product",
                        "--suite",
                        "kernels",
                        "--out",
                        out.toString()))
                .isZero();
        assertThat(session.out()).contains("the device is emulated").doesNotContainPattern("[0-9] (us|ms|s)\\b");
        assertThat(Files.readString(out.resolve("results.jsonl"))).doesNotContain("seconds\":", "per_s", "first_call");
    }

    /** A peer that hands the starting weights back as if it had trained them, and one that dies when it is timed. */
    private void fakePeer(String atVerify) throws IOException {
        assumeTrue(Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "python3"))));
        Files.writeString(folder.resolve("fake_peer.py"), """
                import json, sys, zipfile
                for line in sys.stdin:
                    asked = json.loads(line)
                    answer = {"released": True}
                    if asked["op"] == "hello":
                        answer = {"name": "fake", "versions": {}, "device": "none", "variants": ["plain"]}
                    if asked["op"] == "prepare":
                        data = asked["case"]["data"]
                        answer = {"ready": True}
                    if asked["op"] == "verify":
                        %s
                        open(asked["out"], "wb").write(zipfile.ZipFile(data).read("weights.npy"))
                        answer = {"weights": asked["out"]}
                    print(json.dumps(answer), flush=True)
                """.formatted(atVerify));
        System.setProperty("rectifier.bench.python", folder.toString());
    }

    @Test
    void aPeersWrongResultEndsWithACheckFailed() throws IOException {
        fakePeer("pass");
        assertThat(bench("--check", "--peers", "fake", "--only", "cpu/50-50-10"))
                .isEqualTo(ExitCode.CHECK_FAILED.code());
        assertThat(session.out()).containsPattern("fake plain .*wrong; the result is not that of fp64: no speed");
    }

    @Test
    void aPeerThatDiesCostsItsRowsAlone() throws IOException {
        fakePeer("sys.exit(5)");
        assertThat(bench("--check", "--peers", "fake", "--only", "cpu/10-10-1")).isEqualTo(ExitCode.SOME_FAILED.code());
        assertThat(session.out()).contains("exit code 5").containsPattern("[1-9]\\d* not measured,.* 3 failed\\.");
    }
}
