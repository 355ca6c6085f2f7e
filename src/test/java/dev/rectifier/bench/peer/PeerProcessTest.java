package dev.rectifier.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A peer that answers, refuses, dies, is silent or talks nonsense. */
@DisabledOnOs(OS.WINDOWS)
class PeerProcessTest {
    private static final String HELLO =
            "*hello*) echo '{\"name\":\"fake\",\"versions\":{\"fake\":\"1\"},\"device\":\"a shell\",\"variants\":[\"plain\"]}';;";

    @TempDir
    private Path folder;

    private PeerProcess peer(String... answers) throws IOException {
        Path script = folder.resolve("fake_peer.sh");
        String cases = String.join("\n", answers) + "\n*close*) exit 0;;";
        Files.writeString(script, "while read -r line; do\ncase \"$line\" in\n" + cases + "\nesac\ndone\n");
        return new PeerProcess(List.of("sh", script.toString()), Map.of());
    }

    @Test
    void saysWhoItIsAndAnswers() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) echo '{\"seconds\":0.5}';;")) {
            assertThat(peer.name()).isEqualTo("fake");
            assertThat(peer.device()).isEqualTo("a shell");
            assertThat(peer.variants()).containsExactly("plain");
            assertThat(peer.versions()).containsExactly(Map.entry("fake", "1"));
            assertThat(peer.ask(Map.of("op", "time", "steps", 3), 20)).containsEntry("seconds", 0.5);
        }
    }

    @Test
    void anErrorIsARefusalAndThePeerLivesOn() throws IOException {
        try (PeerProcess peer =
                peer(HELLO, "*prepare*) echo '{\"error\":\"too wide\"}';;", "*time*) echo '{\"seconds\":1}';;")) {
            assertThatThrownBy(() -> peer.ask(Map.of("op", "prepare"), 20))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("too wide");
            assertThat(peer.ask(Map.of("op", "time"), 20)).containsKey("seconds");
        }
    }

    @Test
    void aPeerThatDiesSaysHow() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) exit 7;;")) {
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 20))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("exit code 7");
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 20)).isInstanceOf(PeerException.class);
        }
    }

    @Test
    void aSilentPeerIsEnded() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) sleep 60;;")) {
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 0.2))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("no answer");
        }
    }

    @Test
    void nonsenseIsNoAnswer() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) echo Warning;;")) {
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 20))
                    .hasMessageContaining("no JSON object: Warning");
        }
    }

    @Test
    void nothingIsNoAnswerEither() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) echo null;;")) {
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 20))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("no JSON object: null");
        }
    }

    @Test
    void anEndlessLineIsGivenUp() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) tr '\\0' x < /dev/zero;;")) {
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 60))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("an answer has more than");
        }
    }

    @Test
    void whoeverIsInterruptedLeavesNoPeerBehind() throws IOException {
        try (PeerProcess peer = peer(HELLO, "*time*) sleep 60;;", "*pid*) echo \"{\\\"pid\\\":$$}\";;")) {
            long pid = Long.parseLong(
                    String.valueOf(peer.ask(Map.of("op", "pid"), 20).get("pid")));
            ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> peer.ask(Map.of("op", "time"), 60)).hasMessageContaining("was interrupted");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void namesThatNoScriptHasAreRemarkedUpon() {
        List<String> remarks = new ArrayList<>();
        try (PeerFinder none = new PeerFinder(folder, List.of("torhc"), Map.of(), remarks::add)) {
            assertThat(none.peers()).isEmpty();
        }
        assertThat(remarks).singleElement().asString().contains("torhc").contains(folder.toString());
    }

    @Test
    void scriptsThatCannotWorkAreRemarkedUpon() throws IOException {
        List<String> remarks = new ArrayList<>();
        try (PeerFinder none = new PeerFinder(folder.resolve("nowhere"), List.of(), Map.of(), remarks::add)) {
            assertThat(none.peers()).isEmpty();
        }
        assertThat(remarks).singleElement().asString().contains("nowhere");
        Files.writeString(folder.resolve("broken_peer.py"), "raise SystemExit(3)\n");
        Files.writeString(folder.resolve("helper.py"), "raise SystemExit(4)\n");
        remarks.clear();
        try (PeerFinder none = new PeerFinder(folder, List.of(), Map.of(), remarks::add)) {
            assertThat(none.peers()).isEmpty();
        }
        assertThat(remarks).singleElement().asString().startsWith("peer broken is not here");
    }
}
