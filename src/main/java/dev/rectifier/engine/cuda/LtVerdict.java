package dev.rectifier.engine.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * What of cublasLt may be used for one element type, and what stands against the rest.
 *
 * @param bias products that begin at a bias
 * @param relu the same with ReLU and mask in one call
 * @param gradient weight gradients with the bias gradient in one call
 * @param faults why not, a line each
 */
record LtVerdict(boolean bias, boolean relu, boolean gradient, List<String> faults) {
    LtVerdict {
        faults = List.copyOf(faults);
    }

    /** What may be used, in a few words. */
    String words() {
        List<String> used = new ArrayList<>();
        if (bias) {
            used.add("bias");
        }
        if (relu) {
            used.add("ReLU");
        }
        if (gradient) {
            used.add("bias gradient");
        }
        return used.isEmpty() ? "nothing" : String.join(" + ", used);
    }
}
