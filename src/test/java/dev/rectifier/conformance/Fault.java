package dev.rectifier.conformance;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.HostTensor;
import java.lang.reflect.Method;
import java.util.function.DoubleUnaryOperator;

/**
 * A mistake an engine might make.
 *
 * @param name the mistake, in words
 * @param operation prefix of the trials that must catch it
 * @param method the operation it sits in
 * @param sabotage what happens instead of the call
 */
public record Fault(String name, String operation, String method, Sabotage sabotage) {
    /** What happens instead of a call. */
    @FunctionalInterface
    public interface Sabotage {
        void run(Call call);
    }

    @Override
    public String toString() {
        return method + ": " + name;
    }

    /** One call on its way to the sound engine. */
    public static final class Call {
        private final Engine engine;
        private final String name;
        private final Object[] arguments;
        private final Object group;
        private final Method method;

        Call(Engine engine, String name, Object[] arguments, Object group, Method method) {
            this.engine = engine;
            this.name = name;
            this.arguments = arguments.clone();
            this.group = group;
            this.method = method;
        }

        public Engine engine() {
            return engine;
        }

        /** The call as it was meant. */
        public void proceed() {
            FaultyEngine.invoke(group, method, arguments);
        }

        /** The call with argument {@code i} replaced. */
        public void proceedWith(int i, Object replacement) {
            Object[] changed = arguments.clone();
            changed[i] = replacement;
            FaultyEngine.invoke(group, method, changed);
        }

        public int count() {
            return arguments.length;
        }

        public <T> T argument(int i, Class<T> type) {
            return type.cast(arguments[i]);
        }

        public View view(int i) {
            return argument(i, View.class);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Replaces the elements of a view. */
    public static void store(View view, HostTensor values) {
        HostTensor whole = view.buffer().download();
        int block = Math.toIntExact(view.blockSize());
        for (int r = 0; r < view.replicas(); r++) {
            int to = Math.toIntExact(view.offset() + r * view.replicaStride());
            System.arraycopy(values.array(), r * block, whole.array(), to, block);
        }
        view.buffer().upload(whole);
    }

    /** Applies {@code change} to every element of a view. */
    public static void map(View view, DoubleUnaryOperator change) {
        HostTensor values = view.download();
        for (int i = 0; i < values.length(); i++) {
            values.set(i, change.applyAsDouble(values.get(i)));
        }
        store(view, values);
    }

    /** Replaces element {@code i} of every replica's block. */
    public static void mapAt(View view, int i, DoubleUnaryOperator change) {
        HostTensor values = view.download();
        int block = Math.toIntExact(view.blockSize());
        for (int r = 0; r < view.replicas() && block > 0; r++) {
            int at = r * block + Math.floorMod(i, block);
            values.set(at, change.applyAsDouble(values.get(at)));
        }
        store(view, values);
    }
}
