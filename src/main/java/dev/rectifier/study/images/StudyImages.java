package dev.rectifier.study.images;

import dev.rectifier.data.image.ImageSet;
import dev.rectifier.data.image.ImageShape;
import dev.rectifier.data.image.SyntheticImages;
import dev.rectifier.data.known.ImageParts;
import dev.rectifier.data.known.KnownFile;
import dev.rectifier.data.known.KnownImages;
import dev.rectifier.data.known.KnownSet;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.SeedTree;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The images of a run, 3 x 32 x 32, of 10 classes: drawn by the program, or a known set out of the user's folder.
 *
 * @param settings with {@code images.set}, {@code images.sum}, {@code images.train}, {@code images.test} and {@code seed}
 * @param data where known sets may lie
 */
public record StudyImages(Settings settings, DataHome data) {
    /** The set that the program draws: {@link SyntheticImages}. */
    public static final String SHAPES = "shapes";

    public static final ImageShape SHAPE = new ImageShape(3, 32, 32);

    /** K: as many shapes as CIFAR-10 has classes. */
    public static final int CLASSES = SyntheticImages.CLASSES;

    /** Names of sets that fit the networks. */
    public static List<String> names() {
        return List.of(SHAPES, KnownSet.CIFAR10_SUBSET.word(), KnownSet.CIFAR_10.word());
    }

    /** What a run's settings say about the contents: SHA-256 of a known set's files; of drawn images they say the seed. */
    public static String sum(String name) {
        return name.equals(SHAPES)
                ? "drawn"
                : KnownSet.named(name).files().stream().map(KnownFile::sha256).collect(Collectors.joining("-"));
    }

    /** The settings that say so: a set, and how many images of its parts. */
    public static Settings settings(String set, long train, long test) {
        return Settings.empty()
                .with("images.set", set)
                .with("images.sum", sum(set))
                .with("images.train", train)
                .with("images.test", test);
    }

    private String name() {
        return settings.text("images.set");
    }

    /**
     * Reads a known set's files once to compare their sums.
     *
     * @throws IllegalArgumentException if they are not there or not those that the settings name
     */
    public void require() {
        if (!settings.text("images.sum").equals(sum(name()))) {
            throw new IllegalArgumentException("The setting images.sum is not the sum of the set " + name()
                    + ", which is " + sum(name()) + ": change both settings together.");
        }
        if (!name().equals(SHAPES)) {
            requireFiles(KnownSet.named(name()));
        }
    }

    private void requireFiles(KnownSet set) {
        Path folder = data.of(set).resolve(set.word());
        for (KnownFile file : set.files()) {
            if (!file.isAt(folder.resolve(file.name()))) {
                throw new IllegalArgumentException(
                        "The file " + folder.resolve(file.name()) + " is not that of the set " + set.word()
                                + ": its SHA-256 is not " + file.sha256() + ". Put the published file there.");
            }
        }
    }

    /** Training and test part, their first images only where fewer are asked for than there are. */
    public ImageParts open() {
        int train = Math.toIntExact(settings.whole("images.train"));
        int test = Math.toIntExact(settings.whole("images.test"));
        if (name().equals(SHAPES)) {
            SeedTree seed = SeedTree.root(settings.whole("seed")).child("images");
            return new ImageParts(
                    SyntheticImages.of(seed.child("train"), SHAPE, train),
                    SyntheticImages.of(seed.child("test"), SHAPE, test));
        }
        KnownSet set = KnownSet.named(name());
        ImageParts parts = KnownImages.open(data.of(set), set);
        return new ImageParts(first(parts.train(), train), first(parts.test(), test));
    }

    private ImageSet first(ImageSet set, int count) {
        if (count > set.examples()) {
            throw new IllegalArgumentException("The settings ask for " + count + " images of a part of " + name()
                    + " that has " + set.examples() + ": ask for at most as many.");
        }
        return count == set.examples() ? set : set.first(count);
    }
}
