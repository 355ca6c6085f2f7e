package dev.rectifier.bench;

import dev.rectifier.record.ShortNumber;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What came of one criterion of a goal.
 *
 * @param goal whose
 * @param criterion which
 * @param ours time a call of ours where the criterion was decided; empty without
 * @param peer who was fastest beside it there, with its time; empty where nobody was asked for
 * @param value what was read; NaN if nothing was
 * @param verdict {@code met}, {@code missed}, or {@code not measured} and why
 */
public record GoalRow(Goal goal, Criterion criterion, String ours, String peer, double value, String verdict) {
    private static final String NOT_MEASURED = "not measured: ";
    private static final String GPU = "H200"; // what the goals were set for
    private static final int THREADS = 2; // of a host, likewise

    /** A value and where it was read. */
    private record Reading(Row ours, Optional<Row> peer, double value, Optional<Row> untimed) {
        Reading(Row ours, double value) {
            this(ours, Optional.empty(), value, Optional.empty());
        }
    }

    /** One row for each criterion of each goal. */
    public static List<GoalRow> of(List<Row> rows, Ceilings ceilings, Rig rig) {
        return Goals.all().stream()
                .flatMap(goal -> goal.criteria().stream().map(one -> of(goal, one, rows, ceilings, rig)))
                .toList();
    }

    private static GoalRow of(Goal goal, Criterion criterion, List<Row> rows, Ceilings ceilings, Rig rig) {
        Optional<String> obstacle = obstacle(criterion, rig);
        if (obstacle.isPresent()) {
            return without(goal, criterion, obstacle.get());
        }
        List<Row> ours = rows.stream()
                .filter(row -> row.baseline() && row.cache() == Cache.HOT)
                .filter(row -> criterion.covers(row.subject().id()))
                .toList();
        List<Reading> readings =
                ours.stream().map(row -> read(criterion, row, rows, ceilings)).toList();
        if (!criterion.isCoveredBy(ours.stream().map(row -> row.subject().id()).toList())) {
            return without(goal, criterion, ours.isEmpty() ? "its cases did not run" : "not all of its cases ran");
        }
        if (readings.stream().anyMatch(reading -> Double.isNaN(reading.value))) {
            return without(goal, criterion, why(criterion, ours));
        }
        Reading worst = worst(criterion, readings);
        Optional<Row> untimed =
                readings.stream().flatMap(reading -> reading.untimed.stream()).findFirst();
        if (criterion.isMetBy(worst.value) && untimed.isPresent()) {
            return without(goal, criterion, untimed.get().contender() + " was not timed and may have been faster");
        }
        return decided(goal, criterion, worst);
    }

    private static Optional<String> obstacle(Criterion criterion, Rig rig) {
        if (criterion.measure() == Criterion.Measure.NONE) {
            return Optional.of(criterion.beside());
        }
        if (!rig.isMeasured()) {
            return Optional.of("nothing was timed");
        }
        boolean ofGpu = criterion.place() == Criterion.Place.GPU;
        if (rig.isAccelerator() != ofGpu) {
            return Optional.of("it is a goal of the " + criterion.place());
        }
        if (ofGpu) {
            String device = rig.engine().info().device();
            return device.contains(GPU) ? Optional.empty() : Optional.of("it is a goal of one " + GPU);
        }
        int threads = rig.engine().info().options().threads();
        return threads == THREADS ? Optional.empty() : Optional.of("it is a goal of " + THREADS + " threads");
    }

    private static GoalRow without(Goal goal, Criterion criterion, String why) {
        return new GoalRow(goal, criterion, "", "", Double.NaN, NOT_MEASURED + why);
    }

    private static String why(Criterion criterion, List<Row> ours) {
        return ours.stream()
                .filter(row -> row.timing().isEmpty())
                .findFirst()
                .map(row -> row.status().word() + ", " + row.outcome().reason())
                .orElse(
                        criterion.measure() == Criterion.Measure.RATIO
                                ? "nobody was measured beside it, or time was up"
                                : "the device does not tell");
    }

    private static Reading worst(Criterion criterion, List<Reading> readings) {
        Comparator<Reading> byValue = Comparator.comparingDouble(Reading::value);
        return readings.stream()
                .min(criterion.measure().isBetterWhenSmaller() ? byValue.reversed() : byValue)
                .orElseThrow();
    }

    private static GoalRow decided(Goal goal, Criterion criterion, Reading reading) {
        String theirs =
                reading.peer.map(row -> row.contender() + ", " + time(row)).orElse("");
        return new GoalRow(
                goal,
                criterion,
                time(reading.ours),
                theirs,
                reading.value,
                criterion.isMetBy(reading.value) ? "met" : "missed");
    }

    private static String time(Row row) {
        return BenchTables.time(row.timing().orElseThrow().seconds().value());
    }

    private static Reading read(Criterion criterion, Row ours, List<Row> rows, Ceilings ceilings) {
        if (criterion.measure() != Criterion.Measure.RATIO) {
            double value = ours.timing()
                    .map(timing -> value(criterion.measure(), ours, timing, ceilings))
                    .orElse(Double.NaN);
            return new Reading(ours, value);
        }
        List<Row> others = rows.stream()
                .filter(row -> row.subject().id().equals(ours.subject().id()) && row.cache() == ours.cache())
                .filter(row -> row.contender().matches(criterion.beside()))
                .toList();
        Optional<Row> best = others.stream()
                .filter(row -> !Double.isNaN(ratio(row)))
                .min(Comparator.comparingDouble(GoalRow::ratio));
        Optional<Row> untimed =
                others.stream().filter(row -> Double.isNaN(ratio(row))).findFirst();
        return new Reading(ours, best, best.map(GoalRow::ratio).orElse(Double.NaN), untimed);
    }

    private static double ratio(Row row) {
        return row.timing()
                .flatMap(Timing::ratio)
                .map(interval -> interval.value())
                .orElse(Double.NaN);
    }

    private static double value(Criterion.Measure measure, Row row, Timing timing, Ceilings ceilings) {
        double seconds = timing.seconds().value();
        Work work = row.subject().work();
        return switch (measure) {
            case COPY -> work.bytes() / seconds / ceilings.copy();
            case SAMPLES -> work.samples() / seconds;
            case BYTES -> work.bytes() / seconds;
            case SECONDS -> seconds;
            case BUSY -> timing.busy();
            case LAUNCHES -> timing.launches();
            case RATIO, NONE -> Double.NaN;
        };
    }

    /** Whether it was met or missed. */
    public boolean isDecided() {
        return !Double.isNaN(value);
    }

    /** The value with its unit; empty if there is none. */
    public String written() {
        return Double.isNaN(value)
                ? ""
                : ShortNumber.of(value) + " " + criterion.measure().unit();
    }
}
