package dev.rectifier.conformance;

import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.NormShape;
import java.util.List;
import java.util.function.UnaryOperator;

/** Faults in batch normalisation. */
final class NormFaults {
    private NormFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("variance divided by M - 1", "norm.forward", "forward", NormFaults::unbiased),
                new Fault("mean kept in fp32", "norm.forward", "forward", NormFaults::coarseMean),
                new Fault("eps missed", "norm.forward", "forward", c -> normed(c, 1, NormFaults::withoutEps)),
                new Fault("eps missed", "norm.normalise ", "normalise", c -> normed(c, 1, NormFaults::withoutEps)),
                new Fault(
                        "scale and shift exchanged", "norm.forward", "forward", c -> normed(c, 1, NormFaults::turned)),
                new Fault("moments taken as given", "norm.backward ", "backward", NormFaults::asGiven),
                new Fault(
                        "moments taken as moving", "norm.normaliseBackward ", "normaliseBackward", NormFaults::moving),
                new Fault("scale missed", "norm.backward ", "backward", c -> normed(c, 3, NormFaults::shiftAlone)),
                new Fault("moments taken as given", "norm.tangent", "tangent", NormFaults::stillTangent),
                new Fault("moments taken as given", "norm.backwardTangent", "backwardTangent", NormFaults::stillTurn),
                new Fault(
                        "moments of the tangent exchanged",
                        "norm.backwardTangent",
                        "backwardTangent",
                        NormFaults::exchangedMoments),
                new Fault(
                        "signals exchanged",
                        "norm.normaliseBackwardT",
                        "normaliseBackwardTangent",
                        NormFaults::exchanged),
                new Fault("variance left biased", "norm.track", "track", c -> c.proceedWith(3, 1L << 40)),
                new Fault("momentum of the other side", "norm.track", "track", NormFaults::complement));
    }

    private static void normed(Fault.Call call, int at, UnaryOperator<Normed> change) {
        call.proceedWith(at, change.apply(call.argument(at, Normed.class)));
    }

    private static Normed withoutEps(Normed of) {
        return new Normed(of.x(), of.moments(), of.affine(), 0);
    }

    private static Normed turned(Normed of) {
        Affine affine = new Affine(
                /* scale= */ of.affine().shift(), /* shift= */ of.affine().scale());
        return new Normed(of.x(), of.moments(), affine, of.eps());
    }

    private static Normed shiftAlone(Normed of) {
        Affine affine = new Affine(of.affine().shift(), of.affine().shift());
        return new Normed(of.x(), of.moments(), affine, of.eps());
    }

    private static void unbiased(Fault.Call call) {
        call.proceed();
        Normed of = call.argument(1, Normed.class);
        double values = NormShape.of(of.x()).values();
        Fault.map(of.moments().variance(), v -> v * values / (values - 1));
    }

    private static void coarseMean(Fault.Call call) {
        call.proceed();
        Fault.map(call.argument(1, Normed.class).moments().mean(), v -> (float) v);
    }

    private static void asGiven(Fault.Call call) {
        call.engine()
                .norm()
                .normaliseBackward(
                        call.view(0), call.argument(1, Affine.class), call.view(2), call.argument(3, Normed.class));
    }

    private static void moving(Fault.Call call) {
        call.engine()
                .norm()
                .backward(call.view(0), call.argument(1, Affine.class), call.view(2), call.argument(3, Normed.class));
    }

    private static void stillTangent(Fault.Call call) {
        call.proceed();
        call.engine()
                .norm()
                .normaliseTangent(call.view(0), call.argument(2, Direction.class), call.argument(3, Normed.class));
    }

    private static void stillTurn(Fault.Call call) {
        call.engine()
                .norm()
                .normaliseBackwardTangent(
                        call.view(0),
                        call.argument(1, Affine.class),
                        call.argument(2, Signal.class),
                        call.argument(4, Direction.class),
                        call.argument(5, Normed.class));
    }

    private static void exchangedMoments(Fault.Call call) {
        TangentMoments moments = call.argument(3, TangentMoments.class);
        call.proceedWith(3, new TangentMoments(/* mean= */ moments.product(), /* product= */ moments.mean()));
    }

    private static void exchanged(Fault.Call call) {
        Signal signal = call.argument(2, Signal.class);
        call.proceedWith(2, new Signal(signal.tangent(), signal.value()));
    }

    private static void complement(Fault.Call call) {
        call.proceedWith(2, 1 - call.argument(2, Double.class));
    }
}
