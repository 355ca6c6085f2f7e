package dev.rectifier.cli;

import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Reads settings as a user types them: {@code key=value}, values as true, 7, 0.05, text or a comma-separated list. */
final class SettingWords {
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");

    private SettingWords() {}

    /**
     * The settings that these words state.
     *
     * @throws CommandFailure (usage) naming the first word that states none, or a key stated twice
     */
    static Settings parse(List<String> words) {
        Settings settings = Settings.empty();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "'" + word + "' is not a setting; write key=value, for example train.rate=0.05.");
            }
            String key = word.substring(0, equals);
            if (settings.get(key).isPresent()) {
                throw new CommandFailure(ExitCode.USAGE, "Setting '" + key + "' is given twice; give it once.");
            }
            settings = settings.with(key, value(word.substring(equals + 1)));
        }
        return settings;
    }

    static Setting value(String text) {
        if (text.contains(",")) {
            return new Setting.Items(
                    Arrays.stream(text.split(",", -1)).map(SettingWords::value).toList());
        }
        if (text.equals("true") || text.equals("false")) {
            return new Setting.Flag(text.equals("true"));
        }
        if (WHOLE.matcher(text).matches()) {
            return new Setting.Whole(Long.parseLong(text));
        }
        return number(text);
    }

    private static Setting number(String text) {
        try {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? new Setting.Real(number) : new Setting.Text(text);
        } catch (NumberFormatException notANumber) {
            return new Setting.Text(text);
        }
    }
}
