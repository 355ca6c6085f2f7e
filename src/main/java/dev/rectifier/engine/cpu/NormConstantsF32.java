package dev.rectifier.engine.cpu;

import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.NormShape;
import dev.rectifier.engine.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The constants of the channels of one call, made from moments, scales, shifts and totals in fp64 and rounded once.
 *
 * @param of the normalisation
 * @param direction of a derivative
 * @param moments of the tangent, in training mode
 */
record NormConstantsF32(Normed of, Optional<Direction> direction, Optional<TangentMoments> moments) {
    static NormConstantsF32 of(Normed of) {
        return new NormConstantsF32(of, Optional.empty(), Optional.empty());
    }

    /** All views that are read. */
    View[] views(View... more) {
        List<View> views = new ArrayList<>(List.of(more));
        views.addAll(List.of(of.x(), of.moments().mean(), of.moments().variance()));
        views.addAll(List.of(of.affine().scale(), of.affine().shift()));
        direction.ifPresent(
                d -> views.addAll(List.of(d.x(), d.affine().scale(), d.affine().shift())));
        moments.ifPresent(m -> views.addAll(List.of(m.mean(), m.product())));
        return views.toArray(View[]::new);
    }

    private static double at(View view, int r, int channel) {
        BlocksF64 blocks = BlocksF64.of(view);
        return blocks.array()[blocks.at(r) + channel];
    }

    private static float rounded(View view, int r, int channel) {
        BlocksF32 blocks = BlocksF32.of(view);
        return blocks.array()[blocks.at(r) + channel];
    }

    private double mean(int r, int channel) {
        return at(of.moments().mean(), r, channel);
    }

    private double root(int r, int channel) {
        return 1 / Math.sqrt(at(of.moments().variance(), r, channel) + of.eps());
    }

    /** high, low, root, scale, shift. */
    void fill(NormGroupF32 group, int at, int width) {
        int r = group.replica;
        NormRowsF32 rows = group.rows;
        Affine affine = of.affine();
        group.fill(rows.high, at, width, c -> mean(r, c));
        group.fill(rows.low, at, width, c -> mean(r, c) - (float) mean(r, c));
        group.fill(rows.root, at, width, c -> root(r, c));
        group.fill(rows.scale, at, width, c -> rounded(affine.scale(), r, c));
        group.fill(rows.shift, at, width, c -> rounded(affine.shift(), r, c));
    }

    /** tScale, tShift, and in training mode tMean, tProduct. */
    void fillTangents(NormGroupF32 group, int at, int width) {
        int r = group.replica;
        NormRowsF32 rows = group.rows;
        Affine affine = direction.orElseThrow().affine();
        group.fill(rows.tScale, at, width, c -> rounded(affine.scale(), r, c));
        group.fill(rows.tShift, at, width, c -> rounded(affine.shift(), r, c));
        moments.ifPresent(m -> {
            group.fill(rows.tMean, at, width, c -> at(m.mean(), r, c));
            group.fill(rows.tProduct, at, width, c -> at(m.product(), r, c));
        });
    }

    /** For the backward pass: slope, first, second. */
    void fillSlopes(NormGroupF32 group, int at, int width) {
        int r = group.replica;
        NormRowsF32 rows = group.rows;
        View scale = of.affine().scale();
        double values = NormShape.of(of.x()).values();
        group.fill(rows.slope, at, width, c -> rounded(scale, r, c) * root(r, c));
        group.fill(rows.first, at, width, c -> group.total(0, c) / values);
        group.fill(rows.second, at, width, c -> group.total(1, c) / values);
    }

    /** For its tangent: first, second, tFirst, tSecond, slope. */
    void fillTangentSlopes(NormGroupF32 group, int at, int width) {
        int r = group.replica;
        NormRowsF32 rows = group.rows;
        View scale = of.affine().scale();
        View tScale = direction.orElseThrow().affine().scale();
        View product = moments.orElseThrow().product();
        double values = NormShape.of(of.x()).values();
        group.fill(rows.first, at, width, c -> rounded(scale, r, c) * group.total(0, c) / values);
        group.fill(rows.second, at, width, c -> rounded(scale, r, c) * group.total(1, c) / values);
        for (int k = 0; k < 2; k++) {
            int total = k;
            group.fill(
                    k == 0 ? rows.tFirst : rows.tSecond,
                    at,
                    width,
                    c -> (rounded(tScale, r, c) * group.total(total, c)
                                    + rounded(scale, r, c) * group.total(2 + total, c))
                            / values);
        }
        group.fill(rows.slope, at, width, c -> root(r, c) * at(product, r, c));
    }
}
