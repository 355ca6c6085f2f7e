package dev.rectifier.conformance;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.PoolOps.Window;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@link PoolOps}: maxima are exact, and sums have one order and one rounding. */
final class PoolContract implements Contract {
    /** A plane of [N, C, H, W] and a window on it. */
    private record Case(int n, int c, int h, int w, Window window) {
        PoolOracle oracle() {
            return new PoolOracle(n * c, h, w, window);
        }

        long[] large() {
            return new long[] {n, c, h, w};
        }

        long[] small() {
            return new long[] {n, c, oracle().rows(), oracle().columns()};
        }

        long area() {
            return (long) n * c * h * w;
        }

        @Override
        public String toString() {
            return "N=" + n + " C=" + c + " H=" + h + " W=" + w + " size=" + window.size() + " stride="
                    + window.stride() + " padding=" + window.padding();
        }
    }

    private static Case of(int n, int c, int h, int w, Window window) {
        return new Case(n, c, h, w, window);
    }

    /** Rests that no window covers, windows that overlap, that leave gaps, that hang over every edge, and one window alone. */
    private static final List<Case> CASES = List.of(
            of(1, 1, 1, 1, new Window(1, 1, 0)),
            of(2, 3, 5, 7, Window.tiles(2)),
            of(2, 2, 7, 5, new Window(3, 2, 1)),
            of(1, 3, 7, 10, new Window(3, 2, 0)),
            of(3, 1, 6, 5, new Window(3, 1, 1)),
            of(1, 2, 9, 8, new Window(2, 3, 0)),
            of(2, 5, 4, 4, Window.tiles(4)),
            of(1, 2, 11, 3, new Window(5, 1, 2)),
            of(1, 1, 2, 2, new Window(4, 2, 2)),
            of(33, 1, 4, 4, Window.tiles(2)),
            of(1, 2, 33, 31, new Window(3, 2, 1)));

    @Override
    public Stream<Trial> trials() {
        return IntStream.range(0, CASES.size())
                .boxed()
                .flatMap(i -> Stream.of(DType.F32, DType.F64)
                        .flatMap(type -> operations(scene(CASES.get(i), i, type), CASES.get(i))));
    }

    /** Every window under every regime, with 1, 3 and 64 replicas, in both types. */
    static Stream<Trial> sweep() {
        return CASES.stream()
                .flatMap(c -> Stream.of(Regime.values())
                        .flatMap(regime -> Stream.of(1, 3, 64)
                                .flatMap(replicas -> Stream.of(DType.F32, DType.F64)
                                        .flatMap(type -> operations(scene(c, replicas, regime, type), c)))));
    }

    private static int wide(DType type) {
        return type == DType.F64 ? 1 : 0;
    }

    private static Scene scene(Case c, int i, DType type) {
        Regime regime = Cover.Point.rotate(Regime.values(), 6 + 3 * i + wide(type));
        int many = c.area() <= 64 ? 64 : 1;
        int replicas = (i + wide(type)) % 3 == 1 ? many : 3;
        return new Scene(type, replicas, regime, i, new SplittableRandom(31L * i + wide(type)));
    }

    private static Scene scene(Case c, int replicas, Regime regime, DType type) {
        int layouts = c.w() + replicas + regime.name().length();
        return new Scene(type, replicas, regime, layouts, new SplittableRandom(1000L * layouts + wide(type)));
    }

    private static Stream<Trial> operations(Scene scene, Case c) {
        Stream<Trial> maxima =
                Stream.of(max(scene, c, false), max(scene, c, true), maxBackward(scene, c), pick(scene, c));
        Stream<Trial> planes = Stream.of(globalAverage(scene, c), globalAverageBackward(scene, c));
        Stream<Trial> means =
                c.window().padding() > 0 ? Stream.empty() : Stream.of(average(scene, c), averageBackward(scene, c));
        return Stream.of(maxima, planes, means).flatMap(s -> s);
    }

    private static String name(String operation, Scene scene, Case c) {
        return "pool." + operation + " " + c + " " + scene;
    }

    /** The same operand with its numbers rounded to few values, so that windows have several winners. */
    private static Operand tied(Operand operand) {
        HostTensor values = operand.values();
        double largest = 0;
        for (double v : values.toDoubles()) {
            largest = Double.isFinite(v) ? Math.max(largest, Math.abs(v)) : largest;
        }
        HostTensor few = HostTensor.zeros(values.dtype(), values.shape());
        for (int i = 0; i < few.length(); i++) {
            double v = values.get(i);
            few.set(i, Double.isFinite(v) && largest > 0 ? Math.rint(2 * v / largest) * largest : v);
        }
        return operand.with(few);
    }

    private static Trial max(Scene scene, Case c, boolean ties) {
        Operand x = scene.in("x", 2, c.large());
        return new Trial(
                name("max", scene, c) + (ties ? " ties" : ""),
                List.of(scene.out("y", 0, c.small()), scene.out("index", DType.I32, 1, c.small()), ties ? tied(x) : x),
                (e, v) -> e.pool().max(v.get(0), v.get(1), v.get(2), c.window()),
                in -> List.of(c.oracle().max(in.get(2)), c.oracle().index(in.get(2))));
    }

    /** Winners of random planes; all replicas the same where the layout is shared. */
    private static Operand index(Scene scene, int position, Case c) {
        Operand x = scene.in("x", position, c.large());
        HostTensor index = HostTensor.zeros(DType.I32, scene.shape(c.small()));
        for (int r = 0; r < scene.replicas(); r++) {
            int[] winners = c.oracle().winners(x.replica(r));
            System.arraycopy(winners, 0, index.ints(), r * winners.length, winners.length);
        }
        return Operand.in("index", index, x.layout());
    }

    private static Trial maxBackward(Scene scene, Case c) {
        return new Trial(
                name("maxBackward", scene, c),
                List.of(scene.out("dx", 1, c.large()), scene.in("dy", 0, c.small()), index(scene, 2, c)),
                (e, v) -> e.pool().maxBackward(v.get(0), v.get(1), v.get(2), c.window()),
                in -> List.of(c.oracle().maxBackward(in.get(1), in.get(2).ints())));
    }

    private static Trial pick(Scene scene, Case c) {
        return new Trial(
                name("pick", scene, c),
                List.of(scene.out("ty", 2, c.small()), scene.in("tx", 1, c.large()), index(scene, 0, c)),
                (e, v) -> e.pool().pick(v.get(0), v.get(1), v.get(2)),
                in -> List.of(c.oracle().pick(in.get(1), in.get(2).ints())));
    }

    private static Trial average(Scene scene, Case c) {
        return new Trial(
                name("average", scene, c),
                List.of(scene.out("y", 1, c.small()), scene.in("x", 2, c.large())),
                (e, v) -> e.pool().average(v.get(0), v.get(1), c.window()),
                in -> List.of(c.oracle().average(in.get(1))));
    }

    private static Trial averageBackward(Scene scene, Case c) {
        return new Trial(
                name("averageBackward", scene, c),
                List.of(scene.out("dx", 0, c.large()), scene.in("dy", 1, c.small())),
                (e, v) -> e.pool().averageBackward(v.get(0), v.get(1), c.window()),
                in -> List.of(c.oracle().averageBackward(in.get(1))));
    }

    private static Trial globalAverage(Scene scene, Case c) {
        return new Trial(
                name("globalAverage", scene, c),
                List.of(scene.out("y", 0, c.n(), c.c()), scene.in("x", 1, c.large())),
                (e, v) -> e.pool().globalAverage(v.get(0), v.get(1)),
                in -> List.of(c.oracle().globalAverage(in.get(1))));
    }

    private static Trial globalAverageBackward(Scene scene, Case c) {
        return new Trial(
                name("globalAverageBackward", scene, c),
                List.of(scene.out("dx", 2, c.large()), scene.in("dy", 0, c.n(), c.c())),
                (e, v) -> e.pool().globalAverageBackward(v.get(0), v.get(1)),
                in -> List.of(c.oracle().globalAverageBackward(in.get(1))));
    }
}
