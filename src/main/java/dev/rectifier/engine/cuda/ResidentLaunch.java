package dev.rectifier.engine.cuda;

/**
 * One launch of a kernel that trains whole stretches. All such kernels take the arguments of {@code resident.cu} and leave
 * the same bits; a special one marks in {@code done} the replicas it has dealt with, and one for all shapes does the others.
 *
 * @param kernel which
 * @param grid its blocks and threads
 * @param sharedBytes dynamic shared memory of a block
 */
record ResidentLaunch(KernelTable kernel, Grid grid, int sharedBytes) {
    /** Whether this is the kernel for all shapes, which leaves no replica undone. */
    boolean isGeneral() {
        return kernel == KernelTable.RESIDENT;
    }
}
