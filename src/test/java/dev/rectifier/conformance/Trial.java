package dev.rectifier.conformance;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of one operation, with what must come of it.
 *
 * @param name unique; begins with the operation as {@code group.operation}
 * @param operands in the order the invocation and the oracle number them
 * @param invocation the call
 * @param oracle what one replica's outputs must be
 */
record Trial(String name, List<Operand> operands, Invocation invocation, Oracle oracle) {
    /** The call itself, given views in the order of the operands. */
    @FunctionalInterface
    interface Invocation {
        void run(Engine engine, List<View> views);
    }

    /** One replica at a time: its blocks [1, ...] of all operands before the call to its outputs, in operand order. */
    @FunctionalInterface
    interface Oracle {
        List<Expected> judge(List<HostTensor> blocks);
    }

    Trial {
        operands = List.copyOf(operands);
    }

    /** {@code group.operation}. */
    String operation() {
        return name.substring(0, name.indexOf(' '));
    }

    int replicas() {
        return operands.get(0).replicas();
    }

    /** Elements of all operands: what a slow engine pays for. */
    long elements() {
        return operands.stream().mapToLong(o -> o.values().length()).sum();
    }

    /** Positions of the operands that the call writes. */
    List<Integer> outputs() {
        List<Integer> written = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            if (operands.get(i).written()) {
                written.add(i);
            }
        }
        return written;
    }

    List<Expected> judge(int replica) {
        return oracle.judge(operands.stream().map(o -> o.replica(replica)).toList());
    }

    /** The same call for replica {@code r} alone. */
    Trial alone(int r) {
        return new Trial(
                name + " alone " + r, operands.stream().map(o -> o.alone(r)).toList(), invocation, oracle);
    }

    @Override
    public String toString() {
        return name;
    }
}
