package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** A network's widths and places of parameters as arrays, for inner loops. */
@SuppressWarnings("ArrayRecordComponent") // looked up, compared by nobody
record LayerRows(int layers, boolean bias, boolean relu, int[] in, int[] out, int[] weight, int[] biases) {
    static LayerRows of(ResidentNet net) {
        return new LayerRows(
                net.layers(),
                net.bias(),
                net.relu(),
                IntStream.range(0, net.layers()).map(net::in).toArray(),
                IntStream.range(0, net.layers()).map(net::out).toArray(),
                places(net, net::weightAt),
                places(net, net::biasAt));
    }

    private static int[] places(ResidentNet net, IntToLongFunction place) {
        return IntStream.range(0, net.layers())
                .map(l -> Math.toIntExact(place.applyAsLong(l)))
                .toArray();
    }
}
