package dev.rectifier.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A peer is asked nothing once time is up. */
class PunctualPeerTest {
    private long now;
    private double waited;
    private long took;
    private boolean released;

    private final Peer inner = new Peer() {
        @Override
        public String name() {
            return "torch";
        }

        @Override
        public Map<String, String> versions() {
            return Map.of("torch", "2");
        }

        @Override
        public String device() {
            return "cpu";
        }

        @Override
        public List<String> kinds() {
            return List.of("students");
        }

        @Override
        public List<String> variants() {
            return List.of("graph", "graph-tf32", "compile-graph", "compile");
        }

        @Override
        public Map<String, Object> ask(Map<String, Object> request, double seconds) {
            waited = seconds;
            now += took;
            if (took > 0) {
                throw new PeerException("gave no answer");
            }
            return Map.of();
        }

        @Override
        public void release() {
            released = true;
        }
    };

    private Peer punctual(double minutes, String variants) {
        return new PunctualPeer(inner, Deadline.in(minutes, () -> now), Pattern.compile(variants));
    }

    @Test
    void itWaitsNoLongerThanTimeIsLeft() {
        Peer peer = punctual(1, "");
        peer.ask(Map.of(), 600);
        assertThat(waited).isBetween(61.9, 62.1);
        peer.ask(Map.of(), 5);
        assertThat(waited).isEqualTo(5);
        now += 61_000_000_000L;
        assertThatThrownBy(() -> peer.ask(Map.of(), 5))
                .isInstanceOf(RefusedException.class)
                .hasMessage("time was up");
        peer.release();
        assertThat(released).isTrue();
    }

    @Test
    void aPeerThatIsSilentBeforeTimeIsUpHasFailed() {
        took = 1_000_000_000L;
        assertThatThrownBy(() -> punctual(1, "").ask(Map.of(), 5)).isInstanceOf(PeerException.class);
        took = 63_000_000_000L;
        assertThatThrownBy(() -> punctual(1, "").ask(Map.of(), 600))
                .isInstanceOf(RefusedException.class)
                .hasMessage("time was up");
    }

    @Test
    void withoutALimitThereIsAlwaysTime() {
        Peer peer = punctual(Double.POSITIVE_INFINITY, "");
        now += Long.MAX_VALUE / 1000;
        peer.ask(Map.of(), 600);
        assertThat(waited).isEqualTo(600);
    }

    @Test
    void onlyTheVariantsAskedForAreThere() {
        assertThat(punctual(1, "torch (compile-)?graph$").variants()).containsExactly("graph", "compile-graph");
        assertThat(punctual(1, "").variants()).hasSize(4);
        assertThat(punctual(1, "").kinds()).containsExactly("students");
        assertThat(punctual(1, "").versions()).containsEntry("torch", "2");
        assertThat(punctual(1, "").device()).isEqualTo("cpu");
    }
}
