package dev.rectifier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A stretch in parts: each has its own factors and its own slots. */
class StretchTest {
    private static final int SLOTS = 5;
    private static final int SIZE = 7;

    private final DraftEngine engine =
            new DraftEngine(new EngineInfo("draft", "none", EngineOptions.defaults(), Map.of()));
    private final Arena arena = engine.openArena("test");
    private final View weights =
            arena.zeros(DType.F32, Shape.of(3, SLOTS, SIZE)).view();
    private final View losses = arena.zeros(DType.F64, Shape.of(3, SLOTS)).view();

    private Stretch stretch() {
        double[] factors = new double[20];
        for (int s = 0; s < factors.length; s++) {
            factors[s] = s;
        }
        Ring ring = new Ring(weights, losses, new int[] {3, 5, 6, 15, 16});
        return new Stretch(100, factors, 0.5, Optional.of(ring));
    }

    @Test
    void aPartFillsTheSlotsThatAreDueInIt() {
        Stretch part = stretch().part(5, 10);
        assertThat(part.first()).isEqualTo(105);
        assertThat(part.factors()).hasSize(10).startsWith(5).endsWith(14);
        assertThat(part.lossScale()).isEqualTo(0.5);
        Ring ring = part.ring().orElseThrow();
        assertThat(ring.after()).containsExactly(1, 10);
        assertThat(ring.weights()).isEqualTo(weights.rows(2, 2));
        assertThat(ring.weights().offset()).isEqualTo(2 * SIZE);
        assertThat(ring.weights().replicaStride()).isEqualTo(SLOTS * SIZE);
        assertThat(ring.losses()).isEqualTo(losses.rows(2, 2));
        assertThat(ring.weights(1)).isEqualTo(weights.rows(3, 1));
    }

    @Test
    void partsTogetherFillEverySlotOnce() {
        for (int cut = 1; cut < 20; cut++) {
            int before = slots(stretch().part(0, cut));
            assertThat(before + slots(stretch().part(cut, 20 - cut))).isEqualTo(SLOTS);
        }
        assertThat(stretch().part(6, 8).ring()).isEmpty();
        assertThat(stretch().unkept().ring()).isEmpty();
    }

    private static int slots(Stretch stretch) {
        return stretch.ring().map(ring -> ring.after().length).orElse(0);
    }
}
