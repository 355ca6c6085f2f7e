package dev.rectifier.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.Philox;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final ImageShape SHAPE = new ImageShape(2, 3, 4);

    private static byte[] numbered() {
        byte[] image = new byte[SHAPE.inputs()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) (i + 1);
        }
        return image;
    }

    /** Against the definition, pixel by pixel: pad with zeros, cut the window, mirror it. */
    @Test
    void windowsAreCutAndMirrored() {
        byte[] from = numbered();
        byte[] to = new byte[from.length];
        for (int down = -4; down <= 4; down++) {
            for (int right = -5; right <= 5; right++) {
                for (boolean mirrored : new boolean[] {false, true}) {
                    Augmentation.apply(new Augmentation.Move(down, right, mirrored), SHAPE, from, to);
                    assertThat(to).isEqualTo(expected(from, down, right, mirrored));
                }
            }
        }
    }

    private static byte[] expected(byte[] from, int down, int right, boolean mirrored) {
        byte[] to = new byte[from.length];
        for (int c = 0; c < 2; c++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 4; x++) {
                    int column = x + right;
                    int row = y + down;
                    boolean inside = row >= 0 && row < 3 && column >= 0 && column < 4;
                    int place = mirrored ? 3 - x : x;
                    to[c * 12 + y * 4 + place] = inside ? from[c * 12 + row * 4 + column] : 0;
                }
            }
        }
        return to;
    }

    /** All 81 windows and both sides come, each about as often: 162 cells, expected 50, chi-square within 5 deviations. */
    @Test
    void drawsAreUniform() {
        Map<Augmentation.Move, Integer> counts = new HashMap<>();
        Philox draws = new Philox(7, 1, 9);
        for (int place = 0; place < 8100; place++) {
            counts.merge(Augmentation.CROP_AND_FLIP.move(draws, place), 1, Integer::sum);
        }
        double chi = counts.values().stream()
                .mapToDouble(n -> (n - 50.0) * (n - 50.0) / 50)
                .sum();
        assertThat(counts).hasSize(162);
        assertThat(chi).isBetween(161 - 5 * Math.sqrt(322), 161 + 5 * Math.sqrt(322));
    }

    @Test
    void drawsBelongToStepReplicaAndPlace() {
        Augmentation crops = Augmentation.CROP_AND_FLIP;
        assertThat(crops.move(new Philox(7, 1, 9), 5)).isEqualTo(crops.move(new Philox(7, 1, 9), 5));
        assertThat(new Augmentation(0, false).move(new Philox(7, 1, 9), 5))
                .isEqualTo(new Augmentation.Move(0, 0, false));
        assertThat(new Augmentation(2, false).move(new Philox(7, 1, 9), 5).mirrored())
                .isFalse();
    }
}
