package dev.rectifier.engine.cuda;

import java.util.List;

/**
 * One launch of a kernel that trains whole stretches. All such kernels take the arguments of {@code resident.cu} and leave
 * the same bits; a special one marks in {@code done} the replicas it has dealt with, and one for all shapes does the others.
 *
 * @param kernel which
 * @param grid its blocks and threads
 * @param sharedBytes dynamic shared memory of a block
 */
record ResidentLaunch(KernelTable kernel, Grid grid, int sharedBytes) {
    /** Who says which kernels train a stretch. */
    @FunctionalInterface
    interface Choice {
        /** The launches in their order. */
        List<ResidentLaunch> launches(ResidentPlan plan, long replicas);
    }

    /** Whether this kernel takes all shapes and so leaves no replica undone. */
    boolean isGeneral() {
        return kernel == KernelTable.RESIDENT || kernel == KernelTable.RESIDENT_BLOCK;
    }
}
