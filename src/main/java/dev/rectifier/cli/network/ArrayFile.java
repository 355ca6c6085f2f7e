package dev.rectifier.cli.network;

import dev.rectifier.data.file.Npy;
import dev.rectifier.data.file.Npz;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.record.Suggestion;
import dev.rectifier.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * An array out of a file that the user names: {@code x.npy}; {@code x.npz} or {@code x.safetensors} where it holds a single array;
 * {@code x.npz:name} where it holds several.
 *
 * @param file where
 * @param name which array; empty for the only one
 */
public record ArrayFile(Path file, String name) {
    /** From what stands on the command line. A colon that no suffix stands before belongs to the path. */
    public static ArrayFile of(String text) {
        for (String suffix : new String[] {".npz:", ".safetensors:"}) {
            int at = text.lastIndexOf(suffix);
            if (at >= 0) {
                int colon = at + suffix.length() - 1;
                return new ArrayFile(Path.of(text.substring(0, colon)), text.substring(colon + 1));
            }
        }
        return new ArrayFile(Path.of(text), "");
    }

    /** The array. @throws IllegalArgumentException if the file is of no kind that is known, or does not say which array */
    public HostTensor read() {
        String lower = file.toString().toLowerCase(Locale.ROOT);
        if (lower.endsWith(".npy")) {
            return Npy.read(file);
        }
        if (lower.endsWith(".npz")) {
            return chosen(Npz.read(file));
        }
        if (lower.endsWith(".safetensors")) {
            return chosen(SafeTensors.read(file).tensors());
        }
        throw new IllegalArgumentException(
                file + ": only .npy, .npz and .safetensors files are read here. Save the array with numpy.save.");
    }

    private HostTensor chosen(Map<String, HostTensor> arrays) {
        if (name.isEmpty() && arrays.size() == 1) {
            return arrays.values().iterator().next();
        }
        HostTensor array = arrays.get(name);
        if (array == null) {
            String which = name.isEmpty() ? "holds several arrays" : "holds no array '" + name + "'";
            throw new IllegalArgumentException(file + ": the file " + which + ", but " + arrays.keySet()
                    + ". Name one: " + file.getFileName() + ":NAME." + Suggestion.didYouMean(name, arrays.keySet()));
        }
        return array;
    }

    @Override
    public String toString() {
        return file + (name.isEmpty() ? "" : ":" + name);
    }
}
