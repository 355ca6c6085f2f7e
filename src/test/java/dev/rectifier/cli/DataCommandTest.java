package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.data.RealData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command data; nothing here touches the network. */
class DataCommandTest {
    private final CommandLineSession session = new CommandLineSession();

    @TempDir
    Path folder;

    @Test
    void listNamesWhatIsKnown() throws IOException {
        assertThat(session.run("data", "list", "--data", folder.toString())).isZero();
        assertThat(session.out()).containsPattern("mnist +fetch ").containsPattern("cifar10-subset +absent ");
        CommandLineSession json = new CommandLineSession();
        assertThat(json.run("data", "list", "--json", "--data", folder.toString()))
                .isZero();
        JsonNode rows = new ObjectMapper().readTree(json.out());
        assertThat(rows.findValuesAsText("name")).contains("cifar-100");
        assertThat(rows.get(0).get("here").asBoolean()).isFalse();
    }

    @Test
    void wrongWordsAreUsageErrors() {
        assertThat(session.run("data")).isEqualTo(2);
        assertThat(session.run("data", "fetch", "imagenet", "--data", folder.toString()))
                .isEqualTo(2);
        assertThat(session.err()).contains("A command is missing").contains("known are mnist,");
        CommandLineSession near = new CommandLineSession();
        assertThat(near.run("data", "fetch", "cifar10", "--data", folder.toString()))
                .isEqualTo(2);
        assertThat(near.err()).contains("Did you mean 'cifar-10'?");
        assertThat(near.run("data", "check", "mnsit", "--data", folder.toString()))
                .isEqualTo(2);
        assertThat(near.err()).contains("Did you mean 'mnist'?");
    }

    @Test
    void otherFilesFailTheCheck() throws IOException {
        Path set = Files.createDirectories(folder.resolve("mnist-10k"));
        Files.write(set.resolve("t10k-images-idx3-ubyte.gz"), new byte[10]);
        assertThat(session.run("data", "check", "--data", folder.toString())).isEqualTo(1);
        assertThat(session.out()).containsPattern("WRONG +.*images").containsPattern("missing +.*labels");
        CommandLineSession from = new CommandLineSession();
        Path to = folder.resolve("to");
        assertThat(from.run("data", "fetch", "mnist-10k", "--from", set.toString(), "--data", to.toString()))
                .isEqualTo(1);
        assertThat(from.err()).contains("is not the known file");
        CommandLineSession closed = new CommandLineSession();
        assertThat(closed.run("data", "fetch", "cifar10-subset", "--data", to.toString()))
                .isEqualTo(3);
        assertThat(closed.err()).contains("cannot be downloaded");
        assertThat(new CommandLineSession().run("data", "check", "--data", to.toString()))
                .isEqualTo(1);
    }

    @Test
    void realFilesComeOutOfAFolderAndPass() {
        String from = RealData.folder("mnist-10k").toString();
        assertThat(session.run("data", "fetch", "mnist-10k", "--from", from, "--data", folder.toString()))
                .isZero();
        assertThat(session.run("data", "check", "mnist-10k", "--data", folder.toString()))
                .isZero();
        assertThat(session.out()).contains("fetched ").contains("good ");
    }
}
