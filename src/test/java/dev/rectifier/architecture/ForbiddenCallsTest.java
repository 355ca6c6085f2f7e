package dev.rectifier.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import org.junit.jupiter.api.Test;

/** Console, clock, randomness, locale, deserialisation and processes stay where they belong. */
@AnalyzeClasses(packages = Arrows.ROOT, importOptions = ImportOption.DoNotIncludeTests.class)
class ForbiddenCallsTest {
    @ArchTest
    static final ArchRule CONSOLE = ForbiddenCalls.NO_CONSOLE;

    @ArchTest
    static final ArchRule CLOCK = ForbiddenCalls.NO_CLOCK;

    @ArchTest
    static final ArchRule RANDOMNESS = ForbiddenCalls.NO_FOREIGN_RANDOMNESS;

    @ArchTest
    static final ArchRule LOCALE = ForbiddenCalls.NO_DEFAULT_LOCALE;

    @ArchTest
    static final ArchRule CODE_FROM_DATA = ForbiddenCalls.NO_CODE_FROM_DATA;

    @ArchTest
    static final ArchRule PROCESSES = ForbiddenCalls.FEW_PROCESSES;

    /** Each rule sees the fault that is planted for it, and only that one. */
    @Test
    void rulesSeePlantedFaults() {
        assertThat(faultsSeenBy(ForbiddenCalls.NO_CONSOLE)).isEqualTo(1);
        assertThat(faultsSeenBy(ForbiddenCalls.NO_CLOCK)).isEqualTo(1);
        assertThat(faultsSeenBy(ForbiddenCalls.NO_FOREIGN_RANDOMNESS)).isEqualTo(1);
        assertThat(faultsSeenBy(ForbiddenCalls.NO_DEFAULT_LOCALE)).isEqualTo(1);
        assertThat(faultsSeenBy(ForbiddenCalls.NO_CODE_FROM_DATA)).isEqualTo(1);
        assertThat(faultsSeenBy(ForbiddenCalls.FEW_PROCESSES)).isEqualTo(1);
    }

    private static int faultsSeenBy(ArchRule rule) {
        return rule.evaluate(new ClassFileImporter().importClasses(Planted.class))
                .getFailureReport()
                .getDetails()
                .size();
    }

    /** One fault for each rule. */
    @SuppressWarnings({"unused", "StringCaseLocaleUsage", "BanSerializableRead"})
    private static final class Planted {
        static void console() {
            System.out.println();
        }

        static long clock() {
            return System.nanoTime();
        }

        static double random() {
            return Math.random();
        }

        static String locale(String text) {
            return text.toUpperCase();
        }

        static ObjectInputStream objects(InputStream in) throws IOException {
            return new ObjectInputStream(in);
        }

        static ProcessBuilder process() {
            return new ProcessBuilder();
        }
    }
}
