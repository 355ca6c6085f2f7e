package dev.rectifier.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.Set;

/** Package arrows, and which library is used where. */
@AnalyzeClasses(packages = Arrows.ROOT, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Set<String> BANNED_NAMES = Set.of("util", "utils", "common", "helper", "manager", "impl");

    @ArchTest
    static final ArchRule PACKAGES_KEEP_TO_THEIR_ARROWS = classes()
            .should(keepToTheArrows())
            .because("the way of data has one direction; cure: move the class to the package that may see both sides,"
                    + " or pass the value in through an interface of the lower package");

    @ArchTest
    static final ArchRule PACKAGES_SAY_WHAT_THEY_ARE = classes()
            .should(liveInANamedPackage())
            .because("a package called util, common, helper, manager or impl collects what nobody places;"
                    + " cure: name it after what its classes do");

    @ArchTest
    static final ArchRule JCUDA_STAYS_IN_ENGINE_CUDA = noClasses()
            .that()
            .resideOutsideOfPackage("dev.rectifier.engine.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jcuda..")
            .because("a change of binding must cost one package; cure: go through dev.rectifier.engine");

    @ArchTest
    static final ArchRule NATIVE_METHODS_STAY_IN_JNI = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("dev.rectifier.engine.cuda.jni..")
            .should()
            .haveModifier(NATIVE)
            .because("native code is reviewed in one place; cure: declare it in dev.rectifier.engine.cuda.jni");

    @ArchTest
    static final ArchRule TENSOR_IS_PLAIN_JAVA = uses("tensor");

    @ArchTest
    static final ArchRule STATISTICS_ARE_PLAIN_JAVA = uses("stats", "org.apache.commons.math3..");

    @ArchTest
    static final ArchRule RECORDS_ARE_JAVA_AND_JSON = uses("record", "com.fasterxml.jackson..", "org.yaml..");

    @ArchTest
    static final ArchRule THE_CONTRACT_IS_PLAIN_JAVA = classes()
            .that()
            .resideInAPackage("dev.rectifier.engine")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.rectifier.engine..", "dev.rectifier.tensor..", "java..", "org.slf4j..", "org.jspecify..")
            .because("an engine is chosen at run time; cure: put the library behind an EngineProvider");

    @ArchTest
    static final ArchRule PICOCLI_STAYS_IN_CLI = noClasses()
            .that()
            .resideOutsideOfPackage("dev.rectifier.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..")
            .because("a library user never meets the command line; cure: pass the value in");

    @ArchTest
    static final ArchRule ENGINES_ARE_REACHED_THROUGH_THEIR_PROVIDER = noClasses()
            .that()
            .resideOutsideOfPackages("dev.rectifier.engine.cpu..", "dev.rectifier.engine.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.rectifier.engine.cpu..", "dev.rectifier.engine.cuda..")
            .because("code written for one engine runs on one engine; cure: open it with Engines.open");

    private static ArchRule uses(String area, String... libraries) {
        String home = Arrows.ROOT + "." + area + "..";
        String[] all = Arrays.copyOf(libraries, libraries.length + 3);
        all[libraries.length] = home;
        all[libraries.length + 1] = "java..";
        all[libraries.length + 2] = "org.jspecify..";
        return classes()
                .that()
                .resideInAPackage(home)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(all)
                .because(area + " is a foundation; cure: take the value as an argument, or move the class upwards");
    }

    private static ArchCondition<JavaClass> keepToTheArrows() {
        return new ArchCondition<>("import only what the arrows allow") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (Dependency use : origin.getDirectDependenciesFromSelf()) {
                    String target = use.getTargetClass().getBaseComponentType().getPackageName();
                    if (!Arrows.allows(origin.getPackageName(), target)) {
                        events.add(SimpleConditionEvent.violated(use, use.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> liveInANamedPackage() {
        return new ArchCondition<>("live in a package of the table, under a telling name") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String name = type.getPackageName();
                boolean telling = Arrays.stream(name.split("\\.")).noneMatch(BANNED_NAMES::contains);
                if (!telling || Arrows.owner(name).isEmpty()) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + " is in package " + name + " " + type.getSourceCodeLocation()));
                }
            }
        };
    }
}
