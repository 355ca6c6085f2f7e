package dev.rectifier.engine.cpu;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.View;

/**
 * Planes, and the windows on them. An item of work is one plane of one replica, a small one and the large one behind it.
 *
 * @param planes of one replica, N C
 * @param height of a large plane
 * @param width of a large plane
 * @param rows of windows, the height of a small plane
 * @param columns of windows, the width of a small plane
 * @param window size, stride and padding
 */
record PoolShape(int planes, int height, int width, int rows, int columns, PoolOps.Window window) {
    static PoolShape of(View small, View large, PoolOps.Window window) {
        return new PoolShape(
                (int) (large.dim(1) * large.dim(2)),
                (int) large.dim(3),
                (int) large.dim(4),
                (int) small.dim(3),
                (int) small.dim(4),
                window);
    }

    /** Places of a large plane. */
    int large() {
        return height * width;
    }

    /** Places of a small plane. */
    int small() {
        return rows * columns;
    }

    int area() {
        return window.size() * window.size();
    }

    /** Elementary operations of one replica, roughly: every window is gone through once. */
    long cost() {
        return (long) planes * (large() + (long) small() * area());
    }

    int replica(int item) {
        return item / planes;
    }

    /** First element of an item's small plane within the replica. */
    int smallAt(int item) {
        return item % planes * small();
    }

    /** First element of an item's large plane within the replica. */
    int largeAt(int item) {
        return item % planes * large();
    }

    int top(int row) {
        return Math.max(0, row * window.stride() - window.padding());
    }

    int bottom(int row) {
        return Math.min(height, row * window.stride() - window.padding() + window.size());
    }

    int left(int column) {
        return Math.max(0, column * window.stride() - window.padding());
    }

    int right(int column) {
        return Math.min(width, column * window.stride() - window.padding() + window.size());
    }
}
