package dev.rectifier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckedEngineTest {
    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
    private final Arena arena = engine.openArena("test");

    @AfterEach
    void close() {
        engine.close();
    }

    private View view(DType dtype, long... extents) {
        return arena.zeros(dtype, Shape.of(extents)).view();
    }

    private View f32(long... extents) {
        return view(DType.F32, extents);
    }

    private static void refused(ThrowingCallable call, String... fragments) {
        assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessageContainingAll(fragments);
    }

    @Test
    void aWrongExtentIsNamedWithAllViews() {
        refused(
                () -> engine.dense().forward(f32(2, 4, 3), f32(2, 4, 5), f32(2, 3, 5), f32(2, 9)),
                "dense.forward: b is F32 [2, 9]; expected [R, K] = [2, 3]",
                "y F32 [2, 4, 3], x F32 [2, 4, 5], w F32 [2, 3, 5]");
        refused(
                () -> engine.dense().forward(f32(2, 4, 3), f32(2, 4, 6), f32(2, 3, 5)),
                "x is F32 [2, 4, 6]",
                "[2, 4, 5]");
        refused(() -> engine.dense().weightGradient(f32(2, 3, 5), f32(2, 4, 3), f32(2, 7, 5)), "x is", "[2, 4, 5]");
        refused(() -> engine.dense().inputGradient(f32(2, 4, 5), f32(2, 4, 3), f32(2, 5, 3)), "w is", "[2, 3, 5]");
        refused(() -> engine.dense().biasGradient(f32(2, 4), f32(2, 4, 3)), "db is", "[2, 3]");
    }

    @Test
    void aWrongRankIsNamed() {
        refused(() -> engine.dense().forward(f32(2, 12), f32(2, 4, 5), f32(2, 3, 5)), "y is F32 [2, 12]", "[R, N, K]");
        refused(() -> engine.reduce().moments(f32(2, 3), f32(2, 3), f32(2, 3)), "x is", "[R, N, W]");
    }

    @Test
    void aWrongTypeIsNamed() {
        View doubles = view(DType.F64, 2, 3, 5);
        refused(() -> engine.dense().forward(f32(2, 4, 3), f32(2, 4, 5), doubles), "w is F64", "type F32");
        refused(() -> engine.pointwise().scale(view(DType.I32, 2, 2), 2), "y is I32", "F32 or F64");
        refused(() -> engine.reduce().sum(f32(2), f32(2, 4)), "out is F32", "type F64");
        refused(() -> engine.random().integers(f32(2), view(DType.I64, 2, 2), 0, 5), "out is F32", "type I32");
        refused(
                () -> engine.losses()
                        .value(LossKind.SOFTMAX_CROSS_ENTROPY, view(DType.F64, 2), f32(2, 4, 3), f32(2, 4), 1),
                "targets is F32",
                "type I32");
        refused(() -> engine.pointwise().gather(f32(2, 4, 3), f32(2, 9, 3), f32(2, 4)), "rows is F32", "type I32");
    }

    @Test
    void aSharedViewIsNotWritten() {
        Buffer one = arena.zeros(DType.F32, Shape.of(4));
        View shared = View.shared(one, 3);
        refused(() -> engine.pointwise().fill(shared, 1), "y is F32 [3, 4] shared", "shared by all replicas");
        refused(() -> engine.pointwise().copy(shared, f32(3, 4)), "y is", "shared by all replicas");
        assertThatNoException().isThrownBy(() -> engine.pointwise().copy(f32(3, 4), shared));
        assertThatNoException().isThrownBy(() -> engine.pointwise().fill(View.shared(one, 1), 1));
        View staggered = new View(one, 0, 1, Shape.of(2, 3));
        refused(() -> engine.pointwise().fill(staggered, 1), "blocks overlap each other");
    }

    @Test
    void outputsMayNotOverlapInputs() {
        View square = f32(2, 3, 3);
        refused(() -> engine.dense().forward(square, square, f32(2, 3, 3)), "y is", "in common with x");
        View flat = f32(2, 12);
        View head = flat.slice(0, Shape.of(6));
        View middle = flat.slice(3, Shape.of(6));
        View tail = flat.slice(6, Shape.of(6));
        refused(() -> engine.pointwise().copy(head, middle), "exactly the elements of x, or none");
        assertThatNoException().isThrownBy(() -> engine.pointwise().copy(head, tail));
        assertThatNoException().isThrownBy(() -> engine.pointwise().axpy(head, 1, head));
        refused(() -> engine.pointwise().transpose(square, square), "in common with x");
        refused(() -> engine.pointwise().axpy(f32(3, 4).replicas(0, 2), 1, f32(2, 5)), "x is", "the shape of y");
        View three = f32(3, 4);
        refused(() -> engine.pointwise().axpy(three.replicas(0, 2), 1, three.replicas(1, 2)), "or none of them");
    }

    @Test
    void replicasMustAgree() {
        refused(
                () -> engine.dense().forward(f32(2, 4, 3), f32(3, 4, 5), f32(2, 3, 5)),
                "x is F32 [3, 4, 5]",
                "2 replicas");
    }

    @Test
    void anotherEnginesBufferIsRefused() {
        try (Engine other =
                Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine()) {
            View foreign =
                    other.openArena("other").zeros(DType.F32, Shape.of(2, 4)).view();
            refused(() -> engine.pointwise().copy(f32(2, 4), foreign), "x is F32 [2, 4]", "not of another one");
        }
    }

    @Test
    void masksHaveOneBitAnElement() {
        refused(() -> engine.pointwise().relu(f32(2, 33), view(DType.I32, 2, 1), f32(2, 33)), "mask is", "[2, 2]");
        refused(() -> engine.pointwise().activeCounts(view(DType.I32, 2, 5), view(DType.I32, 2, 1), 7), "[2, 2]");
    }

    @Test
    void updatesAreChecked() {
        Health health = new Health(view(DType.I32, 2), view(DType.I64, 2));
        View hyper = view(DType.F64, 2, Hyper.count());
        View w = f32(2, 6);
        Parameters thin = new Parameters(w, f32(2, 6), f32(2, 6), Optional.empty());
        refused(
                () -> engine.update().step(UpdateRule.ADAM, thin, hyper, health, 1, 0),
                "state is",
                "[R, 2 P] = [2, 12]");
        refused(
                () -> engine.update().step(UpdateRule.SGD, thin, view(DType.F64, 2, 3), health, 1, 0),
                "hyper is F64 [2, 3]",
                "[R, 7]");
        Parameters masked = new Parameters(w, f32(2, 6), f32(2, 0), Optional.of(view(DType.I32, 2, 6)));
        refused(() -> engine.update().step(UpdateRule.SGD, masked, hyper, health, 1, 0), "mask is", "maskWords(P)");
        Parameters same = new Parameters(w, w, f32(2, 0), Optional.empty());
        refused(() -> engine.update().step(UpdateRule.SGD, same, hyper, health, 1, 0), "weights is", "gradient");
        assertThatThrownBy(() -> engine.update().step(UpdateRule.MOMENTUM, thin, hyper, health, 1, -1))
                .hasMessageContaining("step -1");
        Health swapped = new Health(view(DType.I64, 2), view(DType.I64, 2));
        refused(() -> engine.update().guard(swapped, view(DType.F64, 2), f32(2, 6), 0), "cause is I64", "type I32");
    }

    @Test
    void boundsOfRandomIntegersAreChecked() {
        assertThatThrownBy(() -> engine.random().integers(view(DType.I32, 1, 2), view(DType.I64, 1, 2), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bound 0");
        refused(() -> engine.random().normal(f32(2, 2), view(DType.I64, 1, 2), 0, 0, 1), "streams is", "2 replicas");
    }

    @Test
    void aClosedEngineSaysSo() {
        View y = f32(1, 2);
        engine.close();
        assertThatThrownBy(() -> engine.pointwise().fill(y, 1)).hasMessageContaining("engine is closed");
        assertThatThrownBy(() -> engine.openArena("late")).hasMessageContaining("engine is closed");
        assertThat(engine.info().name()).isEqualTo("cpu");
    }
}
