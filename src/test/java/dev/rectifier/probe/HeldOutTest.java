package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Loss;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeldOutTest {
    /** f = (x - mean) / sqrt(variance), so labels are signs: three of five are met, whatever the pieces. */
    @Test
    void networksAreJudgedByTheirRunningMoments() {
        ChainSpec spec =
                ChainSpec.of(Shape.of(2), new LayerSpec.BatchNorm(0, 0.1, false), new LayerSpec.Dense(2, false));
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
                Arena arena = engine.openArena("held out")) {
            Network network = Network.of(engine, spec);
            HostTensor identity = HostTensor.of(Shape.of(1, 4), new double[] {1, 0, 0, 1});
            HostTensor moments = HostTensor.of(Shape.of(1, 4), new double[] {3, 0, 4, 1});
            NetworkValues values = new NetworkValues(
                    spec.layout().views(arena.upload(identity).view()),
                    Optional.of(spec.state().views(arena.upload(moments).view())));
            double[] x = {5, 0, 1, 0, 5, 2, 3, 1, 1, -2};
            int[] labels = {0, 0, 1, 0, 0};
            HeldOut.Examples set = new HeldOut.Examples(
                    arena.upload(HostTensor.of(Shape.of(1, 5, 2), x)).view(),
                    arena.upload(HostTensor.of(Shape.of(1, 5), labels)).view());
            double[] losses = new double[6];
            for (int piece = 1; piece <= 5; piece++) {
                HeldOut.Score score = new HeldOut(engine, arena, network, set, Loss.CROSS_ENTROPY, piece).judge(values);
                assertThat(score.accuracy()).containsExactly(0.6);
                losses[piece] = score.loss()[0];
            }
            // outputs (1, 0), (-1, 0), (1, 2), (0, 1), (-1, -2): differences of the wrong one from the right one
            double expected = 0;
            for (double gap : new double[] {-1, 1, -1, 1, -1}) {
                expected += Math.log1p(Math.exp(gap)) / 5;
            }
            for (int piece = 1; piece <= 5; piece++) {
                assertThat(losses[piece]).isBetween(expected * (1 - 1e-14), expected * (1 + 1e-14));
            }
        }
    }
}
