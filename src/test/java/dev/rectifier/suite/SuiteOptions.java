package dev.rectifier.suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What the command line asks for.
 *
 * @param engine {@code cuda} or {@code emulated}
 * @param natives folder of the emulated driver, where it is asked for
 * @param only part of a test class's name
 * @param steps those that are run, by name; empty: all
 * @param goals numbers of the goals that are measured; empty: all
 * @param folder of the results
 */
record SuiteOptions(
        String engine, Optional<Path> natives, Pattern only, List<String> steps, List<String> goals, Path folder) {
    static final String USAGE = "usage: gpu-suite [--engine cuda|emulated] [--native FOLDER] [--only REGEX]"
            + " [--step NAME,...] [--goal NUMBER,...] OUTDIR";

    /** @throws IllegalArgumentException if the words are wrong: why, and the usage */
    static SuiteOptions of(List<String> words, Optional<Path> carried) {
        SuiteOptions options =
                new SuiteOptions("cuda", carried, Pattern.compile(""), List.of(), List.of(), Path.of(""));
        boolean named = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("--")) {
                options = options.with(word, value(words, ++i));
            } else {
                require(!named, "one folder for the results, not \"" + word + "\" as well");
                options = options.into(Path.of(word));
                named = true;
            }
        }
        require(named, "the folder for the results is missing");
        return options.checked();
    }

    private static String value(List<String> words, int at) {
        require(at < words.size(), words.get(at - 1) + " needs a value");
        return words.get(at);
    }

    private SuiteOptions with(String option, String value) {
        return switch (option) {
            case "--engine" -> new SuiteOptions(value, natives, only, steps, goals, folder);
            case "--native" -> new SuiteOptions(engine, Optional.of(Path.of(value)), only, steps, goals, folder);
            case "--only" -> new SuiteOptions(engine, natives, pattern(value), steps, goals, folder);
            case "--step" -> new SuiteOptions(engine, natives, only, words(value), goals, folder);
            case "--goal" -> new SuiteOptions(engine, natives, only, steps, words(value), folder);
            default -> throw new IllegalArgumentException("there is no option " + option + ". " + USAGE);
        };
    }

    private SuiteOptions into(Path place) {
        return new SuiteOptions(engine, natives, only, steps, goals, place);
    }

    private static List<String> words(String value) {
        return List.of(value.split(",", -1));
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--only is no regular expression: " + e.getDescription(), e);
        }
    }

    private SuiteOptions checked() {
        require(List.of("cuda", "emulated").contains(engine), "--engine is cuda or emulated, not " + engine);
        boolean driver = natives.map(place -> Files.isRegularFile(place.resolve("emulated/libcuda.so.1")))
                .orElse(false);
        require(
                engine.equals("cuda") || driver,
                "the emulated driver is not in " + natives.map(Path::toString).orElse("this bundle")
                        + "; build it with \"sh native/build.sh FOLDER\" and pass --native FOLDER, or build the bundle with"
                        + " -Dbundle.emulated=true");
        return this;
    }

    private static void require(boolean met, String sentence) {
        if (!met) {
            throw new IllegalArgumentException(sentence + ". " + USAGE);
        }
    }

    boolean emulated() {
        return engine.equals("emulated");
    }
}
