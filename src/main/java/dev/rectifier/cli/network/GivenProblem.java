package dev.rectifier.cli.network;

import dev.rectifier.curvature.LossPoint;
import dev.rectifier.curvature.Objective;
import dev.rectifier.curvature.Pieces;
import dev.rectifier.curvature.Problem;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Chain;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.model.StateDict;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that the user's files say, checked against each other on the host: nothing is on a device yet.
 *
 * @param network layers
 * @param numbers parameters [1, P] and running moments F64 [1, S]
 * @param examples inputs and targets
 * @param loss which
 * @param dtype what is computed in
 */
public record GivenProblem(
        NetworkFile network, StateDict.Flat numbers, ExampleFiles examples, LossKind loss, DType dtype) {
    /** The files. */
    public record Files(Path network, Path params, ArrayFile inputs, ArrayFile targets) {}

    /** Reads and checks all of them. @throws IllegalArgumentException or its kin, naming the first file that is wrong */
    public static GivenProblem read(Files files, LossKind loss, DType dtype) {
        NetworkFile network = NetworkFile.read(files.network());
        StateDict.Flat numbers = numbers(files.params(), network, dtype);
        ExampleFiles examples = ExampleFiles.read(
                files.inputs(),
                files.targets(),
                new ExampleFiles.Wanted(network.spec().input(), network.spec().outputs(), loss, dtype));
        return new GivenProblem(network, numbers, examples, loss, dtype);
    }

    private static StateDict.Flat numbers(Path file, NetworkFile network, DType dtype) {
        Map<String, HostTensor> named =
                new LinkedHashMap<>(SafeTensors.read(file).tensors());
        addUnusedMoments(network, named);
        try {
            StateDict.Flat flat = StateDict.of(network.spec()).flat(named, dtype);
            requireFinite(network.spec().layout(), flat.parameters());
            requireFinite(network.spec().state(), flat.state());
            return flat;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** After rounding: what is finite in fp64 may not be in fp32. */
    private static void requireFinite(ParameterLayout layout, HostTensor flat) {
        for (ParameterLayout.Slot slot : layout.slots()) {
            for (long i = slot.offset(); i < slot.offset() + slot.size(); i++) {
                if (!Double.isFinite(flat.get((int) i))) {
                    throw new IllegalArgumentException(slot.name() + " holds " + flat.get((int) i) + " in "
                            + flat.dtype() + ". Only finite numbers can be evaluated.");
                }
            }
        }
    }

    /** A layer that takes the moments of the batch has no use for running ones, so files without them will do. */
    private static void addUnusedMoments(NetworkFile network, Map<String, HostTensor> named) {
        Set<String> used = network.evaluated();
        network.spec().state().slots().stream()
                .filter(slot -> used.stream().noneMatch(layer -> slot.name().startsWith(layer + ".")))
                .forEach(slot -> named.putIfAbsent(slot.name(), HostTensor.zeros(DType.F64, slot.shape())));
    }

    /** A vector in the form of the parameters, from a file with a tensor per parameter. */
    public HostTensor vector(Path file) {
        Map<String, HostTensor> named =
                new LinkedHashMap<>(SafeTensors.read(file).tensors());
        network.spec()
                .state()
                .slots()
                .forEach(slot -> named.putIfAbsent(slot.name(), HostTensor.zeros(DType.F64, slot.shape())));
        try {
            HostTensor vector = StateDict.of(network.spec()).flat(named, dtype).parameters();
            requireFinite(network.spec().layout(), vector);
            return vector;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " as a vector: " + e.getMessage(), e);
        }
    }

    /** A flat vector [1, P] as tensors under the parameters' names, each behind {@code prefix}. */
    public Map<String, HostTensor> named(String prefix, HostTensor flat) {
        Map<String, HostTensor> named = new LinkedHashMap<>();
        network.spec().layout().slots().forEach(slot -> {
            HostTensor part = HostTensor.zeros(flat.dtype(), slot.shape());
            System.arraycopy(flat.array(), Math.toIntExact(slot.offset()), part.array(), 0, part.length());
            named.put(prefix + slot.name(), part);
        });
        return named;
    }

    /** P. */
    public long parameters() {
        return network.spec().layout().size();
    }

    /** M. */
    public long count() {
        return examples.x().shape().dim(1);
    }

    /** On a device. */
    public LossPoint open(Engine engine, Arena arena, Pieces pieces) {
        Arena given = arena.openArena("network and examples");
        View parameters = given.upload(numbers.parameters()).view();
        NetworkValues at = new NetworkValues(
                network.spec().layout().views(parameters),
                Optional.of(network.spec().state().views(given.upload(state()).view())));
        View x = given.upload(examples.x()).view();
        View targets = given.upload(examples.targets()).view();
        Objective objective = Objective.mean(loss, count(), network.spec().outputs());
        Problem problem = new Problem(
                new Chain(engine, network.spec()), at, Mode.EVALUATION, new Problem.Examples(x, targets), objective);
        return LossPoint.open(engine, arena, problem, pieces);
    }

    /** A network without BatchNorm has none: [1, 0]. */
    private HostTensor state() {
        HostTensor state = numbers.state();
        return state.shape().rank() == 2 ? state : HostTensor.zeros(DType.F64, Shape.of(1, 0));
    }
}
