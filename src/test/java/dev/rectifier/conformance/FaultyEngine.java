package dev.rectifier.conformance;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineInfo;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.PopulationOps;
import dev.rectifier.engine.RandomOps;
import dev.rectifier.engine.ReduceOps;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.WeightNormOps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A sound engine with one {@link Fault} planted in it: what the suite must be able to tell from a sound one. */
public final class FaultyEngine implements Engine {
    private final Engine sound;
    private final Fault fault;

    public FaultyEngine(Engine sound, Fault fault) {
        this.sound = sound;
        this.fault = fault;
    }

    /** The operations of {@code group}, with calls of the method that the fault names going through the fault. */
    private <T> T planted(Class<T> type, T group) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Fault.Call call = new Fault.Call(sound, method.getName(), arguments, group, method);
                    if (fault.method().equals(method.getName())) {
                        fault.sabotage().run(call);
                    } else {
                        call.proceed();
                    }
                    return null;
                }));
    }

    /** Calls {@code method} on {@code group}; what it throws comes out as it was thrown. */
    static void invoke(Object group, Method method, Object... arguments) {
        try {
            method.setAccessible(true);
            method.invoke(group, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public EngineInfo info() {
        return sound.info();
    }

    @Override
    public Arena openArena(String purpose) {
        return sound.openArena(purpose);
    }

    @Override
    public DenseOps dense() {
        return planted(DenseOps.class, sound.dense());
    }

    @Override
    public ConvOps conv() {
        return planted(ConvOps.class, sound.conv());
    }

    @Override
    public PointwiseOps pointwise() {
        return planted(PointwiseOps.class, sound.pointwise());
    }

    @Override
    public LossOps losses() {
        return planted(LossOps.class, sound.losses());
    }

    @Override
    public ReduceOps reduce() {
        return planted(ReduceOps.class, sound.reduce());
    }

    @Override
    public UpdateOps update() {
        return planted(UpdateOps.class, sound.update());
    }

    @Override
    public NormOps norm() {
        return planted(NormOps.class, sound.norm());
    }

    @Override
    public PoolOps pool() {
        return planted(PoolOps.class, sound.pool());
    }

    @Override
    public WeightNormOps weightNorm() {
        return planted(WeightNormOps.class, sound.weightNorm());
    }

    @Override
    public PopulationOps population() {
        return planted(PopulationOps.class, sound.population());
    }

    @Override
    public StreamedOps streamed() {
        return planted(StreamedOps.class, sound.streamed());
    }

    @Override
    public RandomOps random() {
        return planted(RandomOps.class, sound.random());
    }

    @Override
    public void synchronize() {
        sound.synchronize();
    }

    @Override
    public long bytesInUse() {
        return sound.bytesInUse();
    }

    @Override
    public void close() {
        sound.close();
    }
}
