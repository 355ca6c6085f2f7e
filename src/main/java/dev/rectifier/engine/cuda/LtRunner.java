package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.View;
import dev.rectifier.engine.cuda.CudaDense.Product;
import dev.rectifier.engine.cuda.LtRequest.Epilogue;
import dev.rectifier.engine.cuda.jni.LtNatives;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Products through cublasLt on the engine's stream: all replicas in one call, or under {@link Determinism#REPLICA} one call
 * (of a layer: gradients do not come here) per replica by a plan that knows of one replica alone, on operands at multiples of 16 bytes ({@link AlignedBlocks}). The
 * algorithm then follows from the shapes of one replica, and a replica has the same bits alone and among others.
 */
final class LtRunner {
    private static final int BITS = Integer.SIZE;

    private final CudaContext context;
    private final LtLibrary library;
    private final EngineOptions options;
    private final Workspace workspace;
    private final AlignedBlocks aligned;

    /**
     * Memory for the algorithms.
     *
     * @param bytes the most that one may ask for
     * @param room so many bytes, asked for when an algorithm wants some
     */
    record Workspace(long bytes, Supplier<CudaBuffer> room) {
        /** From the arena, and given back with it. */
        static Workspace of(Arena arena, long bytes) {
            CudaBuffer room = (CudaBuffer) arena.allocate(DType.I64, Shape.of(bytes / DType.I64.bytes()));
            return new Workspace(bytes, () -> room);
        }

        /** Allocated at its first use, and given back with the context. */
        static Workspace growing(CudaMemory memory, long bytes) {
            GrowingBuffer room = new GrowingBuffer(memory, "cublasLt workspace", DType.I64, bytes / DType.I64.bytes());
            return new Workspace(bytes, () -> room.holding(0));
        }
    }

    LtRunner(CudaContext context, LtLibrary library, EngineOptions options, Workspace workspace) {
        this.context = context;
        this.library = library;
        this.options = options;
        this.workspace = workspace;
        this.aligned = new AlignedBlocks(context);
    }

    /**
     * One product.
     *
     * @param bias [R, rows of D] added to it, or [R, columns of D] received beside it
     * @param epilogue what it has at least
     */
    record Job(Product product, Gemm gemm, View bias, Epilogue epilogue) {
        static Job of(Product product, View bias, Epilogue epilogue) {
            return new Job(product, Gemm.of(product, false), bias, epilogue);
        }
    }

    boolean perReplica() {
        return options.determinism() == Determinism.REPLICA;
    }

    /** The job's plan, and the one that does more at once, if that is wanted. */
    LtLibrary.Pair plans(Job job, Optional<Epilogue> joined) {
        context.bind();
        LtRequest.Arithmetic arithmetic = new LtRequest.Arithmetic(job.product.dtype(), options.mathMode());
        LtRequest plain = new LtRequest(
                job.epilogue,
                arithmetic,
                LtRequest.Form.of(job.gemm),
                perReplica() ? LtRequest.Batch.ONE : batch(job),
                perReplica() ? AlignedBlocks.ALIGNMENT : alignment(job),
                workspace.bytes);
        return library.pair(plain, joined);
    }

    private static LtRequest.Batch batch(Job job) {
        View d = job.product.out();
        return new LtRequest.Batch(
                d.replicas(),
                job.gemm.first().view().replicaStride(),
                job.gemm.second().view().replicaStride(),
                d.replicaStride(),
                job.bias.replicaStride());
    }

    private int alignment(Job job) {
        long bits = AlignedBlocks.ALIGNMENT;
        for (View view : new View[] {job.gemm.first().view(), job.gemm.second().view(), job.product.out(), job.bias}) {
            bits |= address(view, 0) | view.replicaStride() * view.dtype().bytes();
        }
        return Math.toIntExact(Long.lowestOneBit(bits));
    }

    private long address(View view, long replica) {
        return CudaBuffer.address(view, context, replica).value();
    }

    /** Runs a plan of the job; {@code mask} where its epilogue makes one. */
    void run(LtLibrary.Plan plan, Job job, Optional<View> mask) {
        context.bind();
        if (!perReplica()) {
            long[] places = {
                address(job.gemm.first().view(), 0),
                address(job.gemm.second().view(), 0),
                address(job.product.out(), 0),
                address(job.bias, 0)
            };
            call(plan, job, places, mask, 0);
            return;
        }
        for (long r = 0; r < job.product.out().replicas(); r++) {
            long[] places = {
                aligned.input(AlignedBlocks.Place.FIRST, job.gemm.first().view(), r)
                        .value(),
                aligned.input(AlignedBlocks.Place.SECOND, job.gemm.second().view(), r)
                        .value(),
                aligned.output(job.product.out(), r, false).value(),
                aligned.input(AlignedBlocks.Place.BIAS, job.bias, r).value()
            };
            call(plan, job, places, mask, r);
            aligned.finish(job.product.out(), r);
        }
    }

    /** In the order of {@code lt::Operands} (native/lt/plan.h). */
    private void call(LtLibrary.Plan plan, Job job, long[] places, Optional<View> mask, long replica) {
        long room =
                plan.workspaceBytes() == 0 ? 0 : workspace.room.get().address().value();
        long[] operands = {
            context.stream().value(),
            places[0],
            places[1],
            places[2],
            places[3],
            mask.isPresent() ? address(mask.get(), replica) : 0,
            mask.isPresent() ? mask.get().replicaStride() * BITS : 0,
            room
        };
        context.libraryCalled();
        int status = LtNatives.run(plan.address(), operands);
        if (status != 0) {
            throw new LtFailure(
                    "cublasLtMatmul failed with status " + status + ": " + job.product.kind() + " " + job.product.out()
                            + " from " + job.product.left() + " and " + job.product.right(),
                    "device memory: " + context.memory().state());
        }
    }
}
