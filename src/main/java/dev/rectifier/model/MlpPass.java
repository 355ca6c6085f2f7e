package dev.rectifier.model;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;
import java.util.List;
import java.util.stream.IntStream;

/** The passes of a perceptron on one tape. */
record MlpPass(Mlp network, Tape tape) implements Pass {
    @Override
    public long replicas() {
        return tape.replicas();
    }

    @Override
    public long examples() {
        return tape.examples();
    }

    @Override
    public View output() {
        return tape.output();
    }

    @Override
    public Pass first(long examples) {
        return new MlpPass(network, tape.first(examples));
    }

    @Override
    public void forward(NetworkValues at, View x, long step) {
        network.forward(tape, at.parameters(), x);
    }

    @Override
    public void backward(NetworkValues at, View x, View dOutput, LayerViews gradient) {
        network.backward(tape, at.parameters(), x, dOutput, gradient);
    }

    @Override
    public void track(LayerViews state, Health health) {}

    @Override
    public List<String> activations() {
        return IntStream.range(0, network.spec().hidden().size())
                .mapToObj(Integer::toString)
                .toList();
    }

    @Override
    public View activation(String layer) {
        int l = activations().indexOf(layer);
        if (l < 0) {
            throw new IllegalArgumentException(
                    "This network has no hidden layer \"" + layer + "\", only " + activations() + ".");
        }
        return tape.activation(l);
    }
}
