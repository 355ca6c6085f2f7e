package dev.rectifier.bench.training;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.Extent;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import java.util.ArrayList;
import java.util.List;

/** The suites that train: shapes of the project's goals and of the papers, scaled to the extent and the device. */
public final class TrainingSuites {
    /** Wide enough for the kernels of wider ones, and soon done in fp64. */
    private static final int WIDEST_VERIFIED = 100_000;

    private final Extent extent;
    private final boolean accelerator;

    private TrainingSuites(Extent extent, boolean accelerator) {
        this.extent = extent;
        this.accelerator = accelerator;
    }

    /** A number of replicas: as the goal has it on an accelerator, a 64th on a host; less where it is to be quick. */
    private int replicas(long full) {
        long here = accelerator ? full : Math.max(1, full / 64);
        return (int) Math.max(1, extent.of(Math.min(4, here), here / 8, here));
    }

    private int width(long full) {
        return (int) extent.of(Math.min(full, 12), full, full);
    }

    /** Students on a host, the shapes of the JMH benchmark beside libtorch. */
    public static List<Case> cpu(Extent extent) {
        TrainingSuites here = new TrainingSuites(extent, true);
        Roster roster = new Roster("cpu");
        roster.add("10-10-1", Ensemble.of((int) extent.of(4, 64, 64), 1, 10, 10, 1));
        roster.add("10-10-1", Ensemble.of((int) extent.of(6, 1024, 1024), 1, 10, 10, 1));
        roster.add("10-10-1", Ensemble.of((int) extent.of(4, 64, 64), 32, 10, 10, 1));
        roster.add("50-50-10", Ensemble.of((int) extent.of(2, 64, 64), 32, here.width(50), here.width(50), 10));
        if (extent == Extent.FULL) {
            roster.add("50-50-10", Ensemble.of(64, 256, 50, 50, 10));
            roster.add("784-1024-10", Ensemble.of(1, 128, 784, 1024, 10));
        }
        return roster.cases();
    }

    /** Rows 1 to 7 of the goals, the shapes of the instruction budgets, and sweeps over R, N and W. */
    public static List<Case> ensembles(Extent extent, boolean accelerator) {
        TrainingSuites here = new TrainingSuites(extent, accelerator);
        Roster roster = new Roster("ensembles");
        here.goals(roster);
        if (extent != Extent.TINY) {
            here.budgets(roster);
            here.sweeps(roster);
        }
        return roster.cases();
    }

    /** Rows 1 to 8 of the goals, in their sizes on a GPU. */
    public static List<Case> goals(Extent extent) {
        TrainingSuites here = new TrainingSuites(extent, true);
        Roster ensembles = new Roster("ensembles");
        here.goals(ensembles);
        Roster wide = new Roster("wide");
        addWide(wide, (int) extent.of(256, 100_000, 10_000_000));
        List<Case> all = new ArrayList<>(ensembles.cases());
        all.addAll(wide.cases());
        return all;
    }

    private static Ensemble unbiased(int replicas, int batch, int... widths) {
        Ensemble biased = Ensemble.of(replicas, batch, widths);
        return biased.withStudent(biased.student().withBias(false));
    }

    private void goals(Roster roster) {
        roster.add("goal 1: 10-10-1", unbiased(replicas(32_768), 1, 10, 10, 1));
        roster.add(
                "goal 2: 10-10-1, own stream, teacher",
                unbiased(replicas(32_768), 1, 10, 10, 1).withFeeding(Feeding.OWN_STREAM));
        roster.add("goal 3: 10-10-1", unbiased(replicas(32_768), 32, 10, 10, 1));
        roster.add("goal 4: 50-50-1", unbiased(replicas(2_112), 32, width(50), width(50), 1));
        roster.add(
                "goal 5: 50-50-1", unbiased(replicas(2_112), (int) extent.of(16, 256, 256), width(50), width(50), 1));
        for (int r : extent == Extent.TINY ? List.of(1, 3) : List.of(1, 10, 100)) {
            roster.add("goal 6: 10-10-1, few", unbiased(r, 1, 10, 10, 1), "R");
        }
        for (int r : List.of(100, 1000)) {
            roster.add(
                    "goal 7: 784-128-10, momentum",
                    Ensemble.of(replicas(r), (int) extent.of(8, 128, 128), width(784), width(128), 10)
                            .withLoss(Loss.CROSS_ENTROPY)
                            .withOptimiser(Optimiser.momentum(0.01, 0.9)),
                    "R");
        }
    }

    private void budgets(Roster roster) {
        roster.add("budget 4-6-1", unbiased(replicas(65_536), 32, 4, 6, 1));
        roster.add("budget 8-8-1", unbiased(replicas(65_536), 1, 8, 8, 1));
        roster.add("budget 20-20-1", unbiased(replicas(13_728), 1, 20, 20, 1));
        roster.add("budget 100-32-1", unbiased(replicas(2_112), 1, 100, 32, 1));
    }

    private void sweeps(Roster roster) {
        int factor = extent == Extent.FULL ? 4 : 16;
        for (int r = 1; r <= replicas(262_144); r *= factor) {
            roster.add("sweep R: 10-10-1", unbiased(r, 1, 10, 10, 1), "R");
        }
        for (int n = 1; n <= 256; n *= factor) {
            roster.add("sweep N: 10-10-1", unbiased(replicas(4_096), n, 10, 10, 1), "N");
        }
        for (int w = 4; w <= 256; w *= factor == 4 ? 2 : 8) {
            roster.add("sweep W: 10-W-1", unbiased(replicas(4_096), 32, 10, w, 1), "W");
        }
    }

    /** One two-layer network on 100 inputs, as wide as memory holds; the widest has 8 GB of weights. */
    public static List<Case> wide(Extent extent, boolean accelerator) {
        Roster roster = new Roster("wide");
        int widest = (int) (accelerator ? extent.of(256, 100_000, 10_000_000) : extent.of(256, 10_000, 100_000));
        for (int w = Math.max(64, widest / 1000); w <= widest; w *= 10) {
            addWide(roster, w);
        }
        if (accelerator && extent == Extent.FULL) {
            addWide(roster, 2 * widest);
        }
        return roster.cases();
    }

    private static void addWide(Roster roster, int width) {
        roster.add("100-W-1", wide(width), wide(Math.min(width, WIDEST_VERIFIED)), "W");
    }

    private static Ensemble wide(int width) {
        return Ensemble.of(1, 8, 100, width, 1).withOptimiser(Optimiser.sgd(0.1 / width));
    }

    /** Short stretches of what the papers train, on made-up data of the same shapes. */
    public static List<Case> studies(Extent extent, boolean accelerator) {
        TrainingSuites here = new TrainingSuites(extent, accelerator);
        Roster roster = new Roster("studies");
        here.luckMatters(roster);
        int width = here.width(256);
        roster.add(
                "learning dynamics 20-64-1, full batch",
                Ensemble.of(here.replicas(4_096), (int) extent.of(16, 256, 256), 20, here.width(64), 1)
                        .fullBatch());
        roster.add(
                "spectral bias, six of 256, full batch, Adam",
                Ensemble.of(
                                (int) extent.of(1, accelerator ? 20 : 1, accelerator ? 20 : 4),
                                (int) extent.of(16, 200, 200),
                                1,
                                width,
                                width,
                                width,
                                width,
                                width,
                                width,
                                1)
                        .fullBatch()
                        .withOptimiser(Optimiser.adam(1e-4)));
        roster.add(
                "LeNet 300-100, masks",
                Ensemble.of(
                                (int) extent.of(1, accelerator ? 20 : 1, accelerator ? 20 : 2),
                                (int) extent.of(6, 60, 60),
                                here.width(784),
                                here.width(300),
                                here.width(100),
                                10)
                        .withLoss(Loss.CROSS_ENTROPY)
                        .withOptimiser(Optimiser.momentum(0.01, 0.9))
                        .withKept(0.2));
        return roster.cases();
    }

    private void luckMatters(Roster roster) {
        for (int multiple : List.of(2, 5, 10)) {
            roster.add(
                    "luck-matters LM-4, plain SGD, 10-20m-30",
                    Ensemble.of((int) extent.of(2, 128, 128), (int) extent.of(8, 64, 64), 10, 20 * multiple, 30),
                    "W");
        }
        for (int r : extent == Extent.TINY ? List.of(3) : accelerator ? List.of(32, 256, 2304) : List.of(1, 8)) {
            roster.add(
                    "luck-matters LM-6a, 20-100-150-200-250-100",
                    Ensemble.of(
                            r,
                            (int) extent.of(8, 64, 64),
                            20,
                            width(100),
                            width(150),
                            width(200),
                            width(250),
                            width(100)),
                    "R");
        }
        if (extent == Extent.FULL) {
            roster.add(
                    "luck-matters LM-6b, ten times 50-75-100-125",
                    Ensemble.of(accelerator ? 32 : 1, 64, 20, 500, 750, 1000, 1250, 100));
        }
    }
}
