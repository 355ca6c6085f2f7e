package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Which rows of shared memory a thread of {@code resident.cu} uses for what, and the words that tell it so ({@code Plan} in
 * {@code resident.cuh}). Rows in order: weights, state, gradient (where a batch has several examples), inputs, levels above
 * them, a teacher of its own, the teacher's levels.
 *
 * @param task what is trained
 * @param examples N
 */
record ResidentPlan(ResidentTask task, int examples) {
    /** Most layers of a network. */
    static final int LAYERS = 30; // bits of the mask of layers on the unit sphere

    private static final int WIDEST_BLOCK = 128;

    private Optional<ResidentNet> teacher() {
        return task.teacher().map(ResidentTask.Teacher::net);
    }

    /** Whether all replicas have one teacher. */
    boolean sharesTeacher() {
        return task.teacher().map(t -> t.parameters().replicaStride() == 0).orElse(false);
    }

    private long stateRow() {
        return task.student().parameters();
    }

    private long gradientRow() {
        return stateRow() + task.rule().stateSlots() * task.student().parameters();
    }

    private long inputRow() {
        return gradientRow() + (examples > 1 ? task.student().parameters() : 0L);
    }

    private long levelRow() {
        return inputRow() + task.student().inputs();
    }

    private long teacherRow() {
        return levelRow() + levels(task.student());
    }

    private long answerRow() {
        return teacherRow()
                + (sharesTeacher() ? 0 : teacher().map(ResidentNet::parameters).orElse(0L));
    }

    /** Numbers of one thread. */
    private long rows() {
        return answerRow() + teacher().map(ResidentPlan::levels).orElse(0L);
    }

    /** Units above the input. */
    private static long levels(ResidentNet net) {
        return net.widths().stream().mapToLong(w -> w).sum() - net.inputs();
    }

    private long teacherWords() {
        return sharesTeacher() ? teacher().map(ResidentNet::parameters).orElse(0L) : 0;
    }

    /** Bytes of shared memory of a block of {@code threads}. */
    long sharedBytes(int threads) {
        DType real = task.state().parameters().weights().dtype();
        return (rows() * threads + teacherWords()) * real.bytes();
    }

    /** Threads of a block: as many as fit, while every multiprocessor has a block. Changes no bit. */
    int threads(long replicas, CudaContext context) {
        int threads = WIDEST_BLOCK;
        while (threads > Grid.WARP
                && (sharedBytes(threads) > context.sharedBytes()
                        || Grid.ceilDiv(replicas, threads) < context.multiprocessors())) {
            threads /= 2;
        }
        return threads;
    }

    /** The plan for the kernel: I32 [1, words]. */
    HostTensor words(Feed feed) {
        ResidentNet student = task.student();
        boolean label = task.teacher().map(ResidentTask.Teacher::answersLabel).orElse(false);
        List<Integer> words = new ArrayList<>(
                List.of(student.layers(), flag(student.bias()), flag(student.relu()), lossCode(), ruleCode()));
        words.addAll(List.of(examples, feedCode(feed), flag(label)));
        words.addAll(teacher()
                .map(net -> List.of(net.layers(), flag(net.bias()), flag(net.relu())))
                .orElse(List.of(0, 0, 0)));
        words.add(unitNorm());
        // All of them fit shared memory, so all of them are small.
        LongStream.of(
                        student.parameters(),
                        teacher().map(ResidentNet::parameters).orElse(0L),
                        teacherWords(),
                        stateRow(),
                        gradientRow(),
                        inputRow(),
                        levelRow(),
                        teacherRow(),
                        answerRow())
                .forEach(word -> words.add(Math.toIntExact(word)));
        words.addAll(student.widths());
        teacher().ifPresent(net -> words.addAll(net.widths()));
        return HostTensor.of(
                Shape.of(1, words.size()), words.stream().mapToInt(w -> w).toArray());
    }

    /** Bit l: rows of layer l stay on the unit sphere. */
    int unitNorm() {
        return unitNorm(task);
    }

    static int unitNorm(ResidentTask task) {
        return task.unitNormLayers().stream().mapToInt(l -> 1 << l).reduce(0, (a, b) -> a | b);
    }

    /** Units of the widest level, the input included. */
    long widest() {
        return task.student().widths().stream().mapToLong(w -> w).max().orElseThrow();
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }

    int lossCode() {
        return switch (task.loss()) {
            case SQUARED -> 0;
            case LOGISTIC -> 1;
            case HINGE -> 2;
            case SOFTMAX_CROSS_ENTROPY -> 3;
        };
    }

    int ruleCode() {
        return code(task.rule());
    }

    static int code(UpdateRule rule) {
        return switch (rule) {
            case SGD -> 0;
            case MOMENTUM -> 1;
            case NESTEROV -> 2;
            case ADAM -> 3;
        };
    }

    static int feedCode(Feed feed) {
        if (feed instanceof Feed.Stream stream) {
            return stream.normal() ? 0 : 1;
        }
        return 2;
    }
}
