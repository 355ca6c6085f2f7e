package dev.rectifier.record;

import java.util.List;
import java.util.stream.Collectors;

/** One value of a run's settings. */
public sealed interface Setting {
    /** The one spelling that enters a run's identity; equal values have equal spellings. */
    String canonical();

    /** Yes or no. */
    record Flag(boolean value) implements Setting {
        @Override
        public String canonical() {
            return Boolean.toString(value);
        }
    }

    /** A whole number. */
    record Whole(long value) implements Setting {
        @Override
        public String canonical() {
            return Long.toString(value);
        }
    }

    /** A finite real number; a whole value has the spelling of the whole number. */
    record Real(double value) implements Setting {
        public Real {
            CanonicalNumber.of(value);
        }

        @Override
        public String canonical() {
            return CanonicalNumber.of(value);
        }
    }

    /** Text, spelled in double quotes with JSON escapes. */
    record Text(String value) implements Setting {
        @Override
        public String canonical() {
            return JsonText.quote(value);
        }
    }

    /** A list of values. */
    record Items(List<Setting> values) implements Setting {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public String canonical() {
            return values.stream().map(Setting::canonical).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** A list of whole numbers. */
    static Items wholes(List<Long> values) {
        return new Items(values.stream().<Setting>map(Whole::new).toList());
    }

    /** A list of real numbers. */
    static Items reals(List<Double> values) {
        return new Items(values.stream().<Setting>map(Real::new).toList());
    }
}
