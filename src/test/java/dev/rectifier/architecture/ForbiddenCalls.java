package dev.rectifier.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** The calls that only some packages may make, as rules. */
final class ForbiddenCalls {
    /**
     * The classes that may start a process: two for a tool whose answer is only shown to a person, and the one that starts
     * the peers of a bench, scripts of this project whose answers are compared and never run.
     */
    static final Set<String> PROCESS_STARTERS = Set.of(
            "dev.rectifier.engine.cuda.InstalledProgram",
            "dev.rectifier.bench.GpuClocks",
            "dev.rectifier.bench.peer.PeerProcess");

    private static final String RECORD = "dev.rectifier.record..";
    private static final String CLI = "dev.rectifier.cli..";
    private static final String BENCH = "dev.rectifier.bench..";

    private static final Set<String> RANDOM =
            Set.of("java.util.Random", "java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom");

    static final ArchRule NO_CONSOLE = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .accessTargetWhere(is("writes to the console", ForbiddenCalls::isConsole))
            .because("a library is silent; cure: return the text, take a Progress, or log through slf4j");

    static final ArchRule NO_CLOCK = noClasses()
            .that()
            .resideOutsideOfPackages(RECORD, CLI, BENCH)
            .should()
            .accessTargetWhere(is("reads the clock", ForbiddenCalls::isClock))
            .because("a result must not depend on when it was made; cure: pass the time in from record or cli");

    static final ArchRule NO_FOREIGN_RANDOMNESS = noClasses()
            .that()
            .resideOutsideOfPackages(RECORD, CLI)
            .should()
            .accessTargetWhere(is("draws unseeded or foreign random numbers", ForbiddenCalls::isRandom))
            .because("every random number has an address (seed, purpose, replica, step); cure: SeedTree and Philox");

    static final ArchRule NO_DEFAULT_LOCALE = noClasses()
            .that()
            .resideOutsideOfPackages(RECORD, CLI)
            .should()
            .accessTargetWhere(is("formats in the default locale", ForbiddenCalls::isDefaultLocale))
            .because("0.5 must not become 0,5 on another machine; cure: pass Locale.ROOT");

    static final ArchRule NO_CODE_FROM_DATA = noClasses()
            .should()
            .accessTargetWhere(is("runs code or objects that come from data", ForbiddenCalls::isCodeFromData))
            .because("a run folder may come from a stranger; cure: read plain values with a bounded reader");

    static final ArchRule FEW_PROCESSES = noClasses()
            .that(DescribedPredicate.describe(
                    "are not among the named process starters",
                    (JavaClass type) -> !PROCESS_STARTERS.contains(outermost(type))))
            .should()
            .accessTargetWhere(is("starts a process", call -> owner(call).equals("java.lang.ProcessBuilder")))
            .because("starting a program is a security decision; cure: go through a class named in ForbiddenCalls");

    private ForbiddenCalls() {}

    private static DescribedPredicate<JavaAccess<?>> is(String description, Predicate<JavaAccess<?>> test) {
        return DescribedPredicate.describe(description, test);
    }

    private static boolean isConsole(JavaAccess<?> access) {
        boolean stream =
                owner(access).equals("java.lang.System") && Set.of("out", "err").contains(name(access));
        return stream
                || (name(access).equals("printStackTrace") && parameters(access).isEmpty());
    }

    private static boolean isClock(JavaAccess<?> access) {
        String owner = owner(access);
        boolean system = owner.equals("java.lang.System")
                && Set.of("currentTimeMillis", "nanoTime").contains(name(access));
        boolean now = owner.startsWith("java.time.")
                && (name(access).equals("now") || name(access).startsWith("system"));
        boolean date = owner.equals("java.util.Date")
                && name(access).equals("<init>")
                && parameters(access).isEmpty();
        return system || now || date;
    }

    private static boolean isRandom(JavaAccess<?> access) {
        String owner = owner(access);
        boolean called = owner.equals("java.lang.Math") && name(access).equals("random");
        boolean identity = owner.equals("java.util.UUID") && name(access).equals("randomUUID");
        boolean shuffled = owner.equals("java.util.Collections")
                && name(access).equals("shuffle")
                && parameters(access).size() == 1;
        boolean unseeded = owner.equals("java.util.SplittableRandom")
                && name(access).equals("<init>")
                && parameters(access).isEmpty();
        return RANDOM.contains(owner) || called || identity || shuffled || unseeded;
    }

    private static boolean isDefaultLocale(JavaAccess<?> access) {
        if (parameters(access).contains(Locale.class.getName())) {
            return false;
        }
        String owner = owner(access);
        String name = name(access);
        boolean string = owner.equals("java.lang.String")
                && Set.of("format", "formatted", "toLowerCase", "toUpperCase").contains(name);
        boolean printed = Set.of("java.io.PrintStream", "java.io.PrintWriter").contains(owner)
                && Set.of("printf", "format").contains(name);
        boolean formatter = owner.equals("java.util.Formatter") && name.equals("<init>");
        boolean number = owner.equals("java.text.NumberFormat") && name.startsWith("get") && name.endsWith("Instance");
        return string || printed || formatter || number;
    }

    private static boolean isCodeFromData(JavaAccess<?> access) {
        String owner = owner(access);
        boolean objects = owner.equals("java.io.ObjectInputStream") || owner.startsWith("javax.script.");
        boolean shell = owner.equals("java.lang.Runtime") && name(access).equals("exec");
        return objects || shell;
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(ForbiddenCalls::outermost).orElse(type.getName());
    }

    private static String owner(JavaAccess<?> access) {
        return access.getTargetOwner().getName();
    }

    private static String name(JavaAccess<?> access) {
        return access.getTarget().getName();
    }

    private static List<String> parameters(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        return target instanceof CodeUnitCallTarget call
                ? call.getRawParameterTypes().stream().map(JavaClass::getName).toList()
                : List.of();
    }
}
