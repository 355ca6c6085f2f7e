package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Shares of ceilings and the one that binds. */
class CeilingsTest {
    private static final Ceilings CEILINGS = new Ceilings(100, 1000, Double.NaN);

    @Test
    void theNearestCeilingBinds() {
        assertThat(CEILINGS.shares(new Work(80, 100, 0), 1, Double.NaN).binding())
                .isEqualTo("copy");
        assertThat(CEILINGS.shares(new Work(8, 900, 0), 1, Double.NaN).binding())
                .isEqualTo("product");
        assertThat(CEILINGS.shares(new Work(0, 900, 0), 1, Double.NaN).copy()).isNaN();
    }

    @Test
    void aHostThatNeverRestsBindsFirst() {
        assertThat(CEILINGS.shares(new Work(80, 100, 0), 1, 0.95).binding()).isEqualTo("host");
        assertThat(CEILINGS.shares(new Work(80, 100, 0), 1, 0.5).binding()).isEqualTo("copy");
    }

    @Test
    void farFromEveryCeilingItIsLatency() {
        assertThat(CEILINGS.shares(new Work(1, 1, 0), 1, 0.1).binding()).isEqualTo("latency");
        assertThat(Ceilings.UNKNOWN.shares(new Work(1, 1, 0), 1, 0.1).binding()).isEqualTo("unknown");
    }
}
