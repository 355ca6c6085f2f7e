package dev.rectifier.record;

import java.util.List;
import java.util.regex.Pattern;

/**
 * All that decides a run's result, as a value.
 *
 * <p>A setting equal to its default does not enter the canonical text. So a new setting whose default means "no effect"
 * leaves the identity of every older run unchanged; in return, a default must never change its value or its meaning.
 *
 * @param study id of the study, small letters, digits and dashes
 * @param name name of the run within the study
 * @param scale smoke, small or full
 * @param settings all settings; the constructor completes them from the defaults
 * @param defaults what an absent setting means
 */
public record RunSpec(String study, String name, String scale, Settings settings, Settings defaults) {
    private static final String FORMAT = "rectifier run 1\n";
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._=+-]{0,127}");

    /** Parts of a spec that stand beside the settings in a config file. */
    static final List<String> RESERVED = List.of("run", "study", "name", "scale");

    public RunSpec {
        check("study", study, ID);
        check("run name", name, NAME);
        check("scale", scale, ID);
        settings = settings.over(defaults);
        for (String key : RESERVED) {
            if (settings.get(key).isPresent()) {
                throw new IllegalArgumentException("'" + key + "' is a part of every run and cannot be a setting too.");
            }
        }
    }

    /** A spec without defaults: every setting enters the identity. */
    public RunSpec(String study, String name, String scale, Settings settings) {
        this(study, name, scale, settings, Settings.empty());
    }

    // Study and run names become folder names and single lines of text, so neither separators nor blanks are let in.
    private static void check(String what, String value, Pattern form) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException("The " + what + " '" + value + "' must match " + form.pattern() + ".");
        }
    }

    /** The text that {@link #id} hashes: format line, study, name, scale, then one line for each setting that is not at its default. */
    public String canonicalText() {
        return FORMAT + "study = " + study + "\nname = " + name + "\nscale = " + scale + "\n"
                + settings.minus(defaults).canonicalText();
    }

    /** The run's identity. */
    public RunId id() {
        return new RunId(Digest.hex(canonicalText()));
    }
}
