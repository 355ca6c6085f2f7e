package dev.rectifier.engine;

/**
 * One device and everything it can do: memory through {@link Arena}s and groups of operations on {@link View}s.
 *
 * <p>Every operation takes its outputs first and never allocates for the caller. Operations of one engine run in the order
 * of the calls; a call may return before the work is done. {@link Buffer#download()} and {@link #synchronize()} wait.
 * An engine is used by one thread at a time.
 *
 * <p>Numbers: floating views are F32 or F64, one type within a call. Sums over examples (losses, reductions) are kept in
 * fp64 and returned as F64 whatever the element type; products accumulate in the element type. The order of every sum is
 * fixed by the shapes alone, never by the number of replicas beside it (see {@link Determinism}).
 *
 * <p>Engines that {@link Engines} hands out check shapes, types and ownership before they compute; a violation is a
 * {@link ShapeException} that names the operation and the shapes.
 */
public interface Engine extends AutoCloseable {
    /** Who this is: name, device, versions, options. */
    EngineInfo info();

    /** Opens a scope that owns device memory until it is closed; {@code purpose} names it in memory reports. */
    Arena openArena(String purpose);

    /** Whether this engine's arenas made the buffer, as far as it can tell. */
    default boolean owns(Buffer buffer) {
        return true;
    }

    /** Affine maps and their gradients. */
    DenseOps dense();

    /** Convolutions and their gradients. */
    default ConvOps conv() {
        throw new UnsupportedOperationException("The " + info().name() + " engine has no convolutions.");
    }

    /** ReLU, masks, copies, gathers, fills. */
    PointwiseOps pointwise();

    /** Training losses: value and gradient per replica. */
    LossOps losses();

    /** Sums, moments, arg-maxima, correlations. */
    ReduceOps reduce();

    /** Optimiser steps, the finiteness guard and projections. */
    UpdateOps update();

    /** Device fills from counter-based streams. */
    RandomOps random();

    /** Batch normalisation and its derivatives. */
    default NormOps norm() {
        throw new UnsupportedOperationException("The " + info().name() + " engine has no batch normalisation.");
    }

    /** Maxima and averages of windows. */
    PoolOps pool();

    /** Weights as length times direction. */
    WeightNormOps weightNorm();

    /** Losses over a whole distribution of inputs, in closed form. */
    PopulationOps population();

    /** Whole stretches of training of small networks; {@link ResidentOps#NONE} where there is none. */
    default ResidentOps resident() {
        return ResidentOps.NONE;
    }

    /** Steps recorded once and done again without the host; {@link CaptureOps#NONE} where there is none. */
    default CaptureOps capture() {
        return CaptureOps.NONE;
    }

    /** What it knows of its device and of its own work; {@link Metering#NONE} where that is nothing. */
    default Metering metering() {
        return Metering.NONE;
    }

    /** Training of wide two-layer networks by sweeps; {@link StreamedOps#NONE} where there is none. */
    default StreamedOps streamed() {
        return StreamedOps.NONE;
    }

    /** Waits until everything asked for so far is done. */
    void synchronize();

    /** Bytes of device memory in use by open arenas. */
    long bytesInUse();

    /** How much memory there is now; {@link DeviceMemory#UNKNOWN} where the engine does not know. */
    default DeviceMemory memory() {
        return DeviceMemory.UNKNOWN;
    }

    /** Closes what is still open and gives the device back. Logs and never throws on a failing release. */
    @Override
    void close();
}
