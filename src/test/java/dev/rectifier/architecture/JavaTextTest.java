package dev.rectifier.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The method finder on a source with everything that could mislead it. */
class JavaTextTest {
    private static final String SOURCE = """
            @Tag("class x {") final class A {
                int[] table = {1, 2};
                // } a brace in a comment
                void one() {
                    if (true) {
                        String s = "}" + '}';
                    }
                }
                record B(int x) {
                    B {
                        x = x < 0 ? 0 : x;
                    }
                }
                @Named(value = "two")
                <T> T two(T t) throws E { return new T() { void inner() {} }; }
            }
            """;

    @Test
    void findsMethodsAndTheirLengths() {
        assertThat(JavaText.methods(SOURCE))
                .isEqualTo(List.of(
                        new JavaText.Method("void one()", 4, 5),
                        new JavaText.Method("B", 10, 3),
                        new JavaText.Method("<T> T two(T t) throws E", 15, 1)));
    }

    @Test
    void keepsLinesWhenStripping() {
        assertThat(JavaText.stripped(SOURCE).lines().count())
                .isEqualTo(SOURCE.lines().count());
    }
}
