package dev.rectifier.data;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Philox;
import java.util.Map;
import java.util.Optional;

/** M examples on the host, in memory or in a file, that are brought to the device a batch at a time: see {@link StreamedBatches}. */
public interface HostExamples {
    /** Writes single examples; used by one thread, and may keep room to work in. */
    @FunctionalInterface
    interface Writer {
        /**
         * Writes the D numbers of an example to {@code out} from {@code at} on. Whatever is random about them is drawn from
         * group {@code place} of {@code draws} alone.
         *
         * @param draws block of the replica's stream for the step
         * @param place of the example in the batch
         */
        void write(int example, Philox draws, int place, HostTensor out, int at);
    }

    /** M. */
    int examples();

    /** D. */
    int inputs();

    /** F32 or F64. */
    DType dtype();

    /** I32 [R, M], or [1, M] for all replicas; empty for none. */
    Optional<HostTensor> labels();

    /** One that belongs to the caller's thread. */
    Writer writer();

    /** Everything the examples depend on, as setting to value in a stable order. */
    Map<String, String> describe();
}
