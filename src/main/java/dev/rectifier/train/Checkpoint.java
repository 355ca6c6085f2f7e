package dev.rectifier.train;

import dev.rectifier.tensor.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The whole state of a run between two steps, bit for bit: parameters, optimiser state, health, last loss, number of updates
 * done. The data position is the step itself, since every {@code DataSource} is a function of it. A checkpoint of step k is
 * made before listeners see step k.
 *
 * @param identity everything the numbers depend on, as setting to value; a run resumes only under the same
 * @param step updates done
 * @param tensors by name, in a stable order
 */
public record Checkpoint(Map<String, String> identity, long step, Map<String, HostTensor> tensors) {
    /** Name of the parameters [R, P] among the tensors. */
    public static final String PARAMETERS = "parameters";

    /** Name of the running moments [R, S] among the tensors of networks that have some. */
    public static final String MOMENTS = "running moments";

    static final String STATE = "optimiser state";
    static final String CAUSE = "health cause";
    static final String CAUSE_STEP = "health step";
    static final String LOSS = "loss";

    public Checkpoint {
        identity = Collections.unmodifiableMap(new LinkedHashMap<>(identity));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * The tensor of that name.
     *
     * @throws CheckpointException if there is none
     */
    public HostTensor tensor(String name) {
        HostTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(
                    "The checkpoint of step " + step + " has no \"" + name + "\", only " + tensors.keySet() + ".");
        }
        return tensor;
    }

    /** As bytes, with a versioned header and a SHA-256 of every part; see {@link CheckpointFormat}. */
    public byte[] encode() {
        return CheckpointFormat.encode(this);
    }

    /**
     * From bytes.
     *
     * @throws CheckpointException saying what is wrong with them, if anything is
     */
    public static Checkpoint decode(byte[] bytes) {
        return CheckpointFormat.decode(bytes);
    }

    /** True when identity, step, names and all bits agree. */
    public boolean sameBits(Checkpoint other) {
        return step == other.step
                && identity.equals(other.identity)
                && tensors.keySet().equals(other.tensors.keySet())
                && tensors.keySet().stream().allMatch(name -> tensor(name).sameBits(other.tensor(name)));
    }
}
