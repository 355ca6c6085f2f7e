package dev.rectifier.train;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentOps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** An engine that counts the stretches it is asked to train. */
final class CountedStretches {
    private final Engine engine;
    private int stretches;

    CountedStretches(Engine target) {
        engine = wrapped(
                Engine.class,
                target,
                (name, result) -> result instanceof ResidentOps ops
                        ? wrapped(
                                ResidentOps.class,
                                ops,
                                (call, opened) -> opened instanceof Resident resident
                                        ? (Resident) (feed, stretch) -> {
                                            stretches++;
                                            resident.train(feed, stretch);
                                        }
                                        : opened)
                        : result);
    }

    /** What becomes of the result of a method. */
    @FunctionalInterface
    private interface Change {
        Object of(String method, Object result);
    }

    private static <T> T wrapped(Class<T> type, Object target, Change change) {
        return type.cast(Proxy.newProxyInstance(
                CountedStretches.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result = invoke(target, method, arguments);
                    return result == null ? null : change.of(method.getName(), result);
                }));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    Engine engine() {
        return engine;
    }

    /** How many since the last question. */
    int taken() {
        int count = stretches;
        stretches = 0;
        return count;
    }
}
