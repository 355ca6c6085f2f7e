package dev.rectifier.data.known;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The files of the known sets, with the sums of their publishers. */
final class KnownFiles {
    private static final String MNIST_FOLDER = "https://ossci-datasets.s3.amazonaws.com/mnist/";
    private static final String CIFAR_FOLDER = "https://www.cs.toronto.edu/~kriz/";
    private static final long MNIST_LIMIT = 16L << 20;
    private static final long CIFAR_LIMIT = 200L << 20;

    private static final List<KnownFile> TRAINING_DIGITS = List.of(
            mnist("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            mnist("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"));
    private static final List<KnownFile> TEST_DIGITS = List.of(
            mnist("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            mnist("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));
    private static final List<KnownFile> ALL_DIGITS =
            List.of(TRAINING_DIGITS.get(0), TRAINING_DIGITS.get(1), TEST_DIGITS.get(0), TEST_DIGITS.get(1));
    private static final List<KnownFile> CIFAR_10 = List.of(
            cifar("cifar-10-binary.tar.gz", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"));
    private static final List<KnownFile> CIFAR_100 = List.of(
            cifar("cifar-100-binary.tar.gz", "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"));
    private static final List<KnownFile> CIFAR10_SUBSET = List.of(
            own("data_batch_1.bin.gz", "740ef0682e605e22918cf219dd32db5cc090399b22bd8288223dc654e90a5b40"),
            own("test_batch.bin.gz", "9204c920e5e57e832b99a1cc56f1588e52044a8d0f99ebf0a0e8a22bf8be22cb"));

    private KnownFiles() {}

    static List<KnownFile> of(KnownSet set) {
        return switch (set) {
            case MNIST -> ALL_DIGITS;
            case CIFAR_10 -> CIFAR_10;
            case CIFAR_100 -> CIFAR_100;
            case MNIST_10K -> TEST_DIGITS;
            case CIFAR10_SUBSET -> CIFAR10_SUBSET;
        };
    }

    private static KnownFile mnist(String name, String sum) {
        return new KnownFile(name, sum, MNIST_LIMIT, Optional.of(URI.create(MNIST_FOLDER + name)));
    }

    private static KnownFile cifar(String name, String sum) {
        return new KnownFile(name, sum, CIFAR_LIMIT, Optional.of(URI.create(CIFAR_FOLDER + name)));
    }

    private static KnownFile own(String name, String sum) {
        return new KnownFile(name, sum, CIFAR_LIMIT, Optional.empty());
    }
}
