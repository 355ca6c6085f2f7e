package dev.rectifier.data;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.View;

/**
 * A distribution of independent inputs.
 *
 * @param kind of distribution
 * @param first mean of the normal; lower end of the uniform
 * @param second standard deviation of the normal; upper end of the uniform
 */
public record StreamSpec(Kind kind, double first, double second) {
    /** Shape of the distribution. */
    public enum Kind {
        NORMAL,
        UNIFORM
    }

    public StreamSpec {
        boolean fits = kind == Kind.NORMAL ? second >= 0 : first <= second;
        if (!fits || !Double.isFinite(first) || !Double.isFinite(second)) {
            throw new IllegalArgumentException("An input distribution " + kind + "(" + first + ", " + second
                    + ") does not exist: a normal needs a deviation that is not negative, a uniform low <= high.");
        }
    }

    /** N(mean, deviation^2) in every coordinate. */
    public static StreamSpec normal(double mean, double deviation) {
        return new StreamSpec(Kind.NORMAL, mean, deviation);
    }

    /** Uniform on [low, high) in every coordinate. */
    public static StreamSpec uniform(double low, double high) {
        return new StreamSpec(Kind.UNIFORM, low, high);
    }

    void fill(Engine engine, View out, View streams, long step) {
        switch (kind) {
            case NORMAL -> engine.random().normal(out, streams, step, first, second);
            case UNIFORM -> engine.random().uniform(out, streams, step, first, second);
        }
    }

    /** The same numbers, made where they are used. */
    Feed feed(View streams, int examples) {
        return new Feed.Stream(streams, kind == Kind.NORMAL, first, second, examples);
    }
}
