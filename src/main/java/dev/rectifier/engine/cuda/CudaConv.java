package dev.rectifier.engine.cuda;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Launches of {@code conv.cu}: implicit products in tiles of two sizes, which give the same bits ({@link ConvTiling}). */
final class CudaConv implements ConvOps {
    /** Pieces of one launch, in fp64 numbers, at most: 64 MiB. */
    private static final long MOST_PARTIAL = 1 << 23;

    private final Kernels kernels;
    private final Scratch scratch;

    CudaConv(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.scratch = scratch;
    }

    @Override
    public void forward(View y, View x, View w, Window g) {
        forward(new ConvSizes(y, x, w, g), Optional.empty(), Optional.empty());
    }

    @Override
    public void forward(View y, View x, View w, View b, Window g) {
        forward(new ConvSizes(y, x, w, g), Optional.empty(), Optional.of(b));
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, Window g) {
        forward(new ConvSizes(y, x, w, g), Optional.of(mask), Optional.empty());
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b, Window g) {
        forward(new ConvSizes(y, x, w, g), Optional.of(mask), Optional.of(b));
    }

    private void forward(ConvSizes s, Optional<View> mask, Optional<View> bias) {
        ConvTiling tiling = new ConvTiling(s.replicas(), s.k(), s.n() * s.pixels(), 1);
        Launch launch = launch(tiling, "FORWARD", s).view(s.y());
        given(given(launch, mask).view(s.x()).view(s.w()), bias);
        put(launch, s);
        tiling.run(launch);
    }

    @Override
    public void inputGradient(View dx, View dy, View w, Window g) {
        back(new ConvSizes(dy, dx, w, g), Optional.empty());
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask, Window g) {
        back(new ConvSizes(dy, dz, w, g), Optional.of(mask));
    }

    private void back(ConvSizes s, Optional<View> mask) {
        ConvTiling tiling = new ConvTiling(s.replicas(), s.x().dim(2), s.n() * s.x().dim(3) * s.x().dim(4), 1);
        Launch launch =
                launch(tiling, "INPUT_GRADIENT", s).view(s.x()).view(s.y()).view(s.w());
        put(given(launch, mask), s);
        tiling.run(launch);
    }

    @Override
    public void weightGradient(View dw, View dy, View x, Window g) {
        ConvSizes all = new ConvSizes(dy, x, dw, g);
        long pieces = ConvTiling.pieces(all.k(), all.taps(), all.n() * all.pixels());
        long each = pieces == 1 ? all.replicas() : Math.max(1, MOST_PARTIAL / (pieces * dw.blockSize()));
        for (long r = 0; r < all.replicas(); r += each) {
            long count = Math.min(each, all.replicas() - r);
            weightGradient(
                    new ConvSizes(dy.replicas(r, count), x.replicas(r, count), dw.replicas(r, count), g), pieces);
        }
    }

    /** Of so many replicas that their pieces fit into scratch memory. */
    private void weightGradient(ConvSizes s, long pieces) {
        Optional<View> partial =
                pieces == 1 ? Optional.empty() : Optional.of(scratch.doubles(s.replicas(), pieces * s.w().blockSize()));
        ConvTiling tiling = new ConvTiling(s.replicas(), s.k(), s.taps(), pieces);
        Launch launch = launch(tiling, "WEIGHT_GRADIENT", s).view(s.w());
        put(given(launch, partial).view(s.y()).view(s.x()), s);
        tiling.run(launch, ConvTiling.pieceLength(s.n() * s.pixels(), pieces));
        partial.ifPresent(view -> sum(s.w(), view, pieces));
    }

    private void sum(View dw, View partial, long pieces) {
        Grid grid = Grid.rows(dw.replicas(), dw.blockSize(), 1);
        kernels.launch(KernelTable.CONV_SUM, dw.dtype())
                .view(dw)
                .view(partial)
                .size(dw.replicas())
                .size(pieces)
                .size(dw.blockSize())
                .integer(grid.chunks())
                .run(grid);
    }

    @Override
    public void biasGradient(View db, View dy) {
        long pixels = dy.dim(3) * dy.dim(4);
        Grid grid = Grid.wholeRows(dy.replicas() * dy.dim(2), dy.dim(1) * pixels);
        kernels.launch(KernelTable.CONV_BIAS_GRADIENT, dy.dtype())
                .view(db)
                .view(dy)
                .size(dy.replicas())
                .size(dy.dim(1))
                .size(dy.dim(2))
                .size(pixels)
                .run(grid);
    }

    private Launch launch(ConvTiling tiling, String product, ConvSizes s) {
        return kernels.launch(KernelTable.valueOf("CONV_" + product + "_TILE" + tiling.side()), s.dtype());
    }

    private static Launch given(Launch launch, Optional<View> view) {
        return view.isPresent() ? launch.view(view.get()) : launch.absent();
    }

    private static void put(Launch launch, ConvSizes s) {
        launch.size(s.replicas());
        for (int axis = 1; axis <= 4; axis++) {
            launch.size(s.x().dim(axis));
        }
        launch.size(s.k())
                .size(s.w().dim(3))
                .size(s.w().dim(4))
                .size(s.y().dim(3))
                .size(s.y().dim(4))
                .integer(s.g().stride())
                .integer(s.g().padding());
    }
}
