package dev.rectifier.data.known;

import java.util.Arrays;
import java.util.List;

/** The sets that can be asked for by name. */
public enum KnownSet {
    /** Digits, 1 x 28 x 28. */
    MNIST("mnist", "60,000 and 10,000 handwritten digits; Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0", 10),
    /** Ten classes, 3 x 32 x 32. */
    CIFAR_10("cifar-10", "50,000 and 10,000 photographs of 10 classes; A. Krizhevsky, 2009", 10),
    /** A hundred classes, 3 x 32 x 32. */
    CIFAR_100("cifar-100", "50,000 and 10,000 photographs of 100 classes; A. Krizhevsky, 2009", 100),
    /** MNIST's test set, cut in two. */
    MNIST_10K("mnist-10k", "the test set of MNIST: its first 8,000 digits to train, its last 2,000 to test", 10),
    /** 250 and 50 of each class of CIFAR-10, packed again from JPEG copies. */
    CIFAR10_SUBSET(
            "cifar10-subset",
            "2,500 and 500 images of CIFAR-10 from JPEG copies: for tests, not for published accuracies",
            10);

    private final String word;
    private final String text;
    private final int classes;

    KnownSet(String word, String text, int classes) {
        this.word = word;
        this.text = text;
        this.classes = classes;
    }

    /** The set of this name. @throws IllegalArgumentException with the names there are */
    public static KnownSet named(String word) {
        return Arrays.stream(values())
                .filter(set -> set.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no data set '" + word + "'; known are "
                        + String.join(
                                ", ",
                                Arrays.stream(values()).map(KnownSet::word).toList()) + "."));
    }

    /** The name that the user types; also the name of its folder. */
    public String word() {
        return word;
    }

    /** What it is, whose it is, under which licence. */
    public String text() {
        return text;
    }

    /** Number of classes. */
    public int classes() {
        return classes;
    }

    /** What it consists of. */
    public List<KnownFile> files() {
        return KnownFiles.of(this);
    }

    /** Whether all of it can be downloaded. */
    public boolean isPublic() {
        return files().stream().allMatch(file -> file.source().isPresent());
    }
}
