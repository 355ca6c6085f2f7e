package dev.rectifier.conformance;

import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.View;
import java.util.List;

/** Faults in convolutions. */
final class ConvFaults {
    private ConvFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("last output stale", "conv.forward ", "forward", LinearFaults::lastStale),
                new Fault("bias missed", "conv.forwardBias", "forward", ConvFaults::biasMissed),
                new Fault("gates not stored", "conv.forwardRelu ", "forwardRelu", LinearFaults::gatesStale),
                new Fault("not rectified", "conv.forwardRelu ", "forwardRelu", ConvFaults::notRectified),
                new Fault("adds to its output", "conv.inputGradient ", "inputGradient", LinearFaults::accumulates),
                new Fault("mask not applied", "conv.inputGradientRelu", "inputGradientRelu", ConvFaults::notGated),
                new Fault("adds to its output", "conv.weightGradient", "weightGradient", LinearFaults::accumulates),
                new Fault("last weight stale", "conv.weightGradient", "weightGradient", LinearFaults::lastStale),
                new Fault("output rounded to 10 bits", "conv.biasGradient", "biasGradient", LinearFaults::coarse));
    }

    private static void biasMissed(Fault.Call call) {
        if (call.count() == 5) {
            call.engine().conv().forward(call.view(0), call.view(1), call.view(2), window(call, 4));
        } else {
            call.proceed();
        }
    }

    private static void notRectified(Fault.Call call) {
        call.proceed();
        View y = call.view(0);
        call.engine().conv().forward(y, call.view(2), call.view(3), window(call, call.count() - 1));
    }

    private static void notGated(Fault.Call call) {
        call.engine().conv().inputGradient(call.view(0), call.view(1), call.view(2), window(call, 4));
    }

    private static Window window(Fault.Call call, int i) {
        return call.argument(i, Window.class);
    }
}
