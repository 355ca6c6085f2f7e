package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final CommandLineSession session = new CommandLineSession();

    @Test
    void helpNamesEveryCommand() {
        assertThat(session.run("--help")).isZero();
        assertThat(session.out()).contains("doctor", "demo", "run", "studies");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docter",
                "--engin=cpu",
                "run",
                "run no-such-study",
                "doctor --jsno",
                "run luck-matters --scale=huge"
            })
    void aWrongCommandLineIsOneLineAndExitCodeTwo(String line) {
        assertThat(session.run(line.split(" "))).isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err().strip().lines()).as(session.err()).hasSize(1);
        assertThat(session.out()).isEmpty();
    }

    @Test
    void aMisspeltCommandIsSuggested() {
        session.run("docter");
        assertThat(session.err()).contains("doctor");
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(session.run()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void failuresHaveTheirOwnCodes() {
        assertThat(Failures.classify(new OutOfDeviceMemoryException(""))).isEqualTo(ExitCode.OUT_OF_MEMORY);
        assertThat(Failures.classify(new DeviceException(""))).isEqualTo(ExitCode.DEVICE_LOST);
        assertThat(Failures.classify(new CommandFailure(ExitCode.NO_DEVICE, "")))
                .isEqualTo(ExitCode.NO_DEVICE);
        assertThat(Failures.classify(new IllegalArgumentException())).isEqualTo(ExitCode.USAGE);
        assertThat(Failures.classify(new IllegalStateException())).isEqualTo(ExitCode.INTERNAL);
    }

    @Test
    void theFirstSignalAsksToStop() {
        Interruption interruption = new Interruption();
        assertThat(interruption.requested()).isFalse();
        interruption.receive(ExitCode.TERMINATED);
        assertThat(interruption.requested()).isTrue();
        assertThat(interruption.exitCode()).isEqualTo(ExitCode.TERMINATED);
    }
}
