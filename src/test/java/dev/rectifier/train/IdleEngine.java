package dev.rectifier.train;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.engine.RandomOps;
import dev.rectifier.engine.ReduceOps;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Map;

/** Keeps buffers, computes nothing and counts its calls: what is left of a step is the loop itself. */
final class IdleEngine implements Engine, Arena, DenseOps, PointwiseOps, LossOps, ReduceOps, UpdateOps, RandomOps {
    private long calls;

    /** Operations asked for so far. */
    long calls() {
        return calls;
    }

    private static final class Kept implements Buffer {
        private HostTensor contents;

        Kept(HostTensor contents) {
            this.contents = contents;
        }

        @Override
        public DType dtype() {
            return contents.dtype();
        }

        @Override
        public Shape shape() {
            return contents.shape();
        }

        @Override
        public void upload(HostTensor values) {
            contents = values;
        }

        @Override
        public HostTensor download() {
            return contents;
        }
    }

    @Override
    public Buffer allocate(DType dtype, Shape shape) {
        return new Kept(HostTensor.zeros(dtype, shape));
    }

    @Override
    public Buffer zeros(DType dtype, Shape shape) {
        return allocate(dtype, shape);
    }

    @Override
    public EngineInfo info() {
        return new EngineInfo("idle", "none", EngineOptions.defaults(), Map.of());
    }

    @Override
    public Arena openArena(String purpose) {
        return this;
    }

    @Override
    public DenseOps dense() {
        return this;
    }

    @Override
    public PointwiseOps pointwise() {
        return this;
    }

    @Override
    public LossOps losses() {
        return this;
    }

    @Override
    public ReduceOps reduce() {
        return this;
    }

    @Override
    public UpdateOps update() {
        return this;
    }

    @Override
    public PoolOps pool() {
        throw new UnsupportedOperationException("Networks of dense layers ask for none of it.");
    }

    @Override
    public WeightNormOps weightNorm() {
        throw new UnsupportedOperationException("Networks of dense layers ask for none of it.");
    }

    @Override
    public PopulationOps population() {
        throw new UnsupportedOperationException("Loops over batches ask for no expectations.");
    }

    @Override
    public RandomOps random() {
        return this;
    }

    @Override
    public void synchronize() {}

    @Override
    public long bytesInUse() {
        return 0;
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {}

    @Override
    public void forward(View y, View x, View w) {
        calls++;
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        calls++;
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w) {
        calls++;
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b) {
        calls++;
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask) {
        calls++;
    }

    @Override
    public void inputGradient(View dx, View dy, View w) {
        calls++;
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        calls++;
    }

    @Override
    public void weightAndBiasGradient(View dw, View db, View dy, View x) {
        calls++;
    }

    @Override
    public void biasGradient(View db, View dy) {
        calls++;
    }

    @Override
    public void relu(View y, View mask, View z) {
        calls++;
    }

    @Override
    public void reluBackward(View dz, View dy, View mask) {
        calls++;
    }

    @Override
    public void gate(View y, View x, View mask, double factor) {
        calls++;
    }

    @Override
    public void activeCounts(View counts, View mask, long examples) {
        calls++;
    }

    @Override
    public void fill(View y, double value) {
        calls++;
    }

    @Override
    public void scale(View y, double a) {
        calls++;
    }

    @Override
    public void axpy(View y, double a, View x) {
        calls++;
    }

    @Override
    public void copy(View y, View x) {
        calls++;
    }

    @Override
    public void gather(View y, View x, View rows) {
        calls++;
    }

    @Override
    public void transpose(View y, View x) {
        calls++;
    }

    @Override
    public void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale) {
        calls++;
    }

    @Override
    public void value(LossKind kind, View value, View outputs, View targets, double scale) {
        calls++;
    }

    @Override
    public void tangent(LossKind kind, View product, View outputs, View targets, View along, double scale) {
        calls++;
    }

    @Override
    public void outer(View product, View gradient, View along, double factor) {
        calls++;
    }

    @Override
    public void sum(View out, View a) {
        calls++;
    }

    @Override
    public void dot(View out, View a, View b) {
        calls++;
    }

    @Override
    public void moments(View mean, View m2, View x) {
        calls++;
    }

    @Override
    public void columnSquares(View out, View x) {
        calls++;
    }

    @Override
    public void argmax(View index, View x) {
        calls++;
    }

    @Override
    public void correct(View count, View x, View labels) {
        calls++;
    }

    @Override
    public void correlation(View rho, View teacher, View student) {
        calls++;
    }

    @Override
    public void guard(Health health, View loss, View gradient, long step) {
        calls++;
    }

    @Override
    public void guardedStep(GuardedUpdate update, double factor, long step) {
        calls++;
    }

    @Override
    public void step(UpdateRule rule, Parameters parameters, View hyper, Health health, double factor, long step) {
        calls++;
    }

    @Override
    public void normalizeRows(View w, View b, Health health) {
        calls++;
    }

    @Override
    public void normal(View out, View streams, long step, double mean, double deviation) {
        calls++;
    }

    @Override
    public void uniform(View out, View streams, long step, double low, double high) {
        calls++;
    }

    @Override
    public void keep(View mask, View streams, long step, long elements, double keep) {
        calls++;
    }

    @Override
    public void integers(View out, View streams, long step, int bound) {
        calls++;
    }
}
