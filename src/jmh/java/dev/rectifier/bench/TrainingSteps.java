package dev.rectifier.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Times whole SGD steps of R networks through the engine's single operations, biases and finiteness guard included.
 *
 * <p>Arguments: engine, threads, replicas, batch, widths as in {@code 10-10-1}, seconds. Prints network-steps per second and
 * the products' GFLOP/s (6 N D K a layer, 4 N D K for the first, which needs no input gradient), the best of five
 * stretches, by the clock and per second of processor time.
 */
public final class TrainingSteps {
    private static final DType TYPE = DType.F32;

    private final Engine engine;
    private final Arena arena;
    private final int replicas;
    private final int batch;
    private final List<Layer> layers = new ArrayList<>();
    private final Parameters parameters;
    private final View target;
    private final View loss;
    private final View hyper;
    private final Health health;
    private long step;
    private double perProcessorSecond;

    private record Layer(View x, View z, View dz, View y, View mask, View w, View b, View dw, View db) {}

    private TrainingSteps(Engine engine, int replicas, int batch, int[] widths) {
        this.engine = engine;
        this.arena = engine.openArena("bench");
        this.replicas = replicas;
        this.batch = batch;
        int count = 0;
        for (int l = 1; l < widths.length; l++) {
            count += widths[l] * (widths[l - 1] + 1);
        }
        View weights = normal(Shape.of(replicas, count), 0.1);
        View gradient = array(TYPE, replicas, count);
        parameters = new Parameters(weights, gradient, array(TYPE, replicas, 0), Optional.empty());
        addLayers(widths);
        target = normal(Shape.of(replicas, batch, widths[widths.length - 1]), 1);
        loss = array(DType.F64, replicas);
        health = new Health(array(DType.I32, replicas), array(DType.I64, replicas));
        double[] rows = new double[replicas * Hyper.count()];
        for (int r = 0; r < replicas; r++) {
            rows[r * Hyper.count()] = 1e-3;
        }
        hyper = arena.upload(HostTensor.of(Shape.of(replicas, Hyper.count()), rows)).view();
    }

    private void addLayers(int[] widths) {
        long at = 0;
        View x = normal(Shape.of(replicas, batch, widths[0]), 1);
        for (int l = 1; l < widths.length; l++) {
            int d = widths[l - 1];
            int k = widths[l];
            Shape matrix = Shape.of(k, d);
            View z = array(TYPE, replicas, batch, k);
            View mask = array(DType.I32, replicas, PointwiseOps.maskWords((long) batch * k));
            layers.add(new Layer(
                    x,
                    z,
                    array(TYPE, replicas, batch, k),
                    array(TYPE, replicas, batch, k),
                    mask,
                    parameters.weights().slice(at, matrix),
                    parameters.weights().slice(at + matrix.size(), Shape.of(k)),
                    parameters.gradient().slice(at, matrix),
                    parameters.gradient().slice(at + matrix.size(), Shape.of(k))));
            at += matrix.size() + k;
            x = layers.get(l - 1).y();
        }
    }

    private View array(DType dtype, long... extents) {
        return arena.zeros(dtype, Shape.of(extents)).view();
    }

    private View normal(Shape shape, double deviation) {
        long[] streams = new long[2 * replicas];
        for (int r = 0; r < replicas; r++) {
            streams[2 * r] = shape.size();
            streams[2 * r + 1] = r;
        }
        View keys = arena.upload(HostTensor.of(Shape.of(replicas, 2), streams)).view();
        View view = arena.allocate(TYPE, shape).view();
        engine.random().normal(view, keys, 0, 0, deviation);
        return view;
    }

    private void step() {
        int last = layers.size() - 1;
        for (int l = 0; l <= last; l++) {
            Layer layer = layers.get(l);
            engine.dense().forward(layer.z, layer.x, layer.w, layer.b);
            if (l < last) {
                engine.pointwise().relu(layer.y, layer.mask, layer.z);
            }
        }
        Layer top = layers.get(last);
        engine.losses().evaluate(LossKind.SQUARED, loss, top.dz, top.z, target, 1.0 / batch);
        for (int l = last; l >= 0; l--) {
            Layer layer = layers.get(l);
            engine.dense().weightGradient(layer.dw, layer.dz, layer.x);
            engine.dense().biasGradient(layer.db, layer.dz);
            if (l > 0) {
                Layer below = layers.get(l - 1);
                engine.dense().inputGradient(below.dz, layer.dz, layer.w);
                engine.pointwise().reluBackward(below.dz, below.dz, below.mask);
            }
        }
        engine.update().guard(health, loss, parameters.gradient(), step);
        engine.update().step(UpdateRule.SGD, parameters, hyper, health, 1, step);
        step++;
    }

    private double flops() {
        double flops = 0;
        for (int l = 0; l < layers.size(); l++) {
            flops += (l == 0 ? 4.0 : 6.0) * batch * layers.get(l).w.blockSize();
        }
        return flops;
    }

    /** Time the operating system gave this process: on a busy machine less than the clock on the wall says. */
    private static long processorTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Steps per second over one stretch of at least {@code seconds}. */
    private double rate(double seconds) {
        long done = 0;
        long start = System.nanoTime();
        long startProcessor = processorTime();
        double elapsed = 0;
        while (elapsed < seconds) {
            for (int i = 0; i < 20; i++) {
                step();
            }
            engine.synchronize();
            done += 20;
            elapsed = (System.nanoTime() - start) * 1e-9;
        }
        perProcessorSecond = Math.max(perProcessorSecond, done / ((processorTime() - startProcessor) * 1e-9));
        return done / elapsed;
    }

    public static void main(String[] arguments) {
        int replicas = Integer.parseInt(arguments[2]);
        String[] words = arguments[4].split("-", -1);
        int[] widths = new int[words.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Integer.parseInt(words[i]);
        }
        EngineOptions options = EngineOptions.defaults().withThreads(Integer.parseInt(arguments[1]));
        Engines.Choice choice = Engines.open(arguments[0], options);
        try (Engine engine = choice.engine()) {
            TrainingSteps bench = new TrainingSteps(engine, replicas, Integer.parseInt(arguments[3]), widths);
            double best = 0;
            for (int stretch = 0; stretch < 5; stretch++) {
                best = Math.max(best, bench.rate(Double.parseDouble(arguments[5]) / 5));
            }
            System.out.printf(
                    "%s, %d replicas, batch %d, %s: %.4g network-steps/s, %.1f GFLOP/s; per second of one core %.4g, %.1f%n",
                    arguments[0],
                    replicas,
                    bench.batch,
                    arguments[4],
                    best * replicas,
                    best * replicas * bench.flops() * 1e-9,
                    bench.perProcessorSecond * replicas,
                    bench.perProcessorSecond * replicas * bench.flops() * 1e-9);
        }
    }
}
