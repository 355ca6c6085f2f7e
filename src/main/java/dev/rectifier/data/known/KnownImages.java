package dev.rectifier.data.known;

import dev.rectifier.data.file.Cifar;
import dev.rectifier.data.file.DataFileException;
import dev.rectifier.data.file.Idx;
import dev.rectifier.data.file.LabelledBytes;
import dev.rectifier.data.image.ImageSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Known sets out of the user's folder. Files are read, not compared with their sums: {@code data check} does that. */
public final class KnownImages {
    private static final int TRAINING_DIGITS = 8_000;

    private KnownImages() {}

    /** Whether all files of a set lie under {@code data}. */
    public static boolean isIn(Path data, KnownSet set) {
        Path folder = data.resolve(set.word());
        return set.files().stream().allMatch(file -> Files.isRegularFile(folder.resolve(file.name())));
    }

    /**
     * Training and test part; pixels stay bytes.
     *
     * @param data the folder that holds a folder per set
     * @throws DataFileException if files are missing or wrong
     */
    public static ImageParts open(Path data, KnownSet set) {
        Path folder = data.resolve(set.word());
        if (!isIn(data, set)) {
            throw DataFileException.of(
                    folder.toString(),
                    -1,
                    "the files of " + set.word() + " are not all there",
                    "Fetch them with the command: data fetch " + set.word() + " --data " + data + ".");
        }
        return switch (set) {
            case MNIST -> new ImageParts(digits(folder, "train"), digits(folder, "t10k"));
            case MNIST_10K -> {
                ImageSet all = digits(folder, "t10k");
                yield new ImageParts(all.first(TRAINING_DIGITS), all.from(TRAINING_DIGITS));
            }
            case CIFAR_10 ->
                archive(
                        set,
                        folder,
                        Cifar.Labels.TEN,
                        List.of(
                                "data_batch_1.bin",
                                "data_batch_2.bin",
                                "data_batch_3.bin",
                                "data_batch_4.bin",
                                "data_batch_5.bin"),
                        "test_batch.bin");
            case CIFAR_100 -> archive(set, folder, Cifar.Labels.FINE, List.of("train.bin"), "test.bin");
            case CIFAR10_SUBSET ->
                new ImageParts(
                        ImageSet.of(Cifar.read(folder.resolve("data_batch_1.bin.gz"), Cifar.Labels.TEN), set.classes()),
                        ImageSet.of(Cifar.read(folder.resolve("test_batch.bin.gz"), Cifar.Labels.TEN), set.classes()));
        };
    }

    private static ImageSet digits(Path folder, String part) {
        return ImageSet.of(
                Idx.readBytes(folder.resolve(part + "-images-idx3-ubyte.gz")),
                Idx.read(folder.resolve(part + "-labels-idx1-ubyte.gz")),
                10);
    }

    private static ImageParts archive(
            KnownSet set, Path folder, Cifar.Labels labels, List<String> training, String test) {
        List<String> wanted = new ArrayList<>(training);
        wanted.add(test);
        Path archive = folder.resolve(set.files().get(0).name());
        Map<String, LabelledBytes> files = Cifar.readArchive(archive, labels, wanted);
        List<ImageSet> parts = wanted.stream()
                .map(name -> ImageSet.of(java.util.Objects.requireNonNull(files.get(name)), labels.classes()))
                .toList();
        return new ImageParts(ImageSet.joined(parts.subList(0, training.size())), parts.get(training.size()));
    }
}
