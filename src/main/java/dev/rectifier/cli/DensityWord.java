package dev.rectifier.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 100x10}: Lanczos steps and start vectors. */
final class DensityWord implements ITypeConverter<DensityWord.Size> {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,5})x([1-9]\\d{0,5})");

    /**
     * How closely the density is looked at.
     *
     * @param steps Lanczos steps from each vector
     * @param probes random vectors
     */
    record Size(int steps, int probes) {}

    @Override
    public Size convert(String word) {
        Matcher size = FORM.matcher(word);
        if (!size.matches()) {
            throw new TypeConversionException(
                    "write Lanczos steps x random vectors, such as 100x10, not '" + word + "'");
        }
        return new Size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
    }
}
