package dev.rectifier.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.Axis;
import dev.rectifier.record.BarFigure;
import dev.rectifier.record.Figure;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.HeatMapFigure;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.record.Reference;
import dev.rectifier.record.ScatterFigure;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

class FigureFilesTest {
    private static final double NAN = Double.NaN;
    private static final double[] STEPS = {0, 1, 10, 100, 1000};

    private static FigureText text(String id) {
        return new FigureText(id, "Title <b> & \"more\" of " + id, "Caption <script>", "run 12 & more");
    }

    private static LineFigure lines() {
        Line mean = Line.of("mean & co", STEPS, new double[] {1, 0.5, NAN, 0.1, 0})
                .withBand(new double[] {0.9, 0.4, NAN, 0, -1}, new double[] {1.1, 0.6, NAN, 0.2, 0.1});
        Line one = Line.of("", STEPS, new double[] {1, 0.4, 0.3, 0.1, 0.05}).withStroke(Line.Stroke.FAINT);
        return new LineFigure(
                text("lines"),
                Axis.log("step"),
                Axis.log("loss"),
                List.of(one, mean),
                List.of(new Reference("paper", 0.05)));
    }

    static Stream<Figure> figures() {
        LineFigure empty = new LineFigure(text("empty"), Axis.linear("x"), Axis.log("y"), List.of());
        Line constant = Line.of("constant", STEPS, new double[] {2, 2, 2, 2, 2});
        LineFigure flat = new LineFigure(text("flat"), Axis.linear("x"), Axis.linear("y"), List.of(constant));
        ScatterFigure.Cloud cloud = ScatterFigure.Cloud.of("points", STEPS, new double[] {1, NAN, -3, 1e9, 2});
        ScatterFigure scatter =
                new ScatterFigure(text("scatter"), Axis.linear("a"), Axis.linear("b"), List.of(cloud), List.of());
        BarFigure.Bars bars =
                BarFigure.Bars.of("bars", 1, NAN, -2).withErrors(new double[] {0, 0, -3}, new double[] {2, 0, -1});
        BarFigure bar = new BarFigure(
                text("bar"), "c", Axis.linear("v"), List.of("one", "two", "a longer name"), List.of(bars));
        HeatMapFigure heat = new HeatMapFigure(
                text("heat"), "c", "r", "v", HeatMapFigure.rowsOf(new double[][] {{1, 2, 2}, {NAN, -1, 0}}), true);
        HeatMapFigure zero =
                new HeatMapFigure(text("zero"), "c", "r", "v", HeatMapFigure.rowsOf(new double[][] {{0}}), false);
        PanelFigure panels = new PanelFigure(text("panels"), 2, List.of(lines(), heat, bar));
        return Stream.of(lines(), empty, flat, scatter, bar, heat, zero, panels);
    }

    private static Document parsed(String svg) throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("figures")
    void svgIsWellFormedAndFinite(Figure figure) throws Exception {
        String svg = FigureFiles.svg(figure);
        assertThat(parsed(svg).getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg)
                .doesNotContain("NaN")
                .doesNotContain("Infinity")
                .doesNotContain("<b>")
                .doesNotContain("<script");
    }

    /** Same size, and the same points are coloured: every dot of the SVG has its colour in the PNG. */
    @Test
    void svgAndPngShowTheSame() throws IOException {
        Figure figure =
                figures().filter(ScatterFigure.class::isInstance).findFirst().orElseThrow();
        String svg = FigureFiles.svg(figure);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(FigureFiles.png(figure)));
        Matcher size = Pattern.compile("width=\"(\\d+)\" height=\"(\\d+)\"").matcher(svg);
        assertThat(size.find()).isTrue();
        assertThat(image.getWidth()).isEqualTo(2 * Integer.parseInt(size.group(1)));
        assertThat(image.getHeight()).isEqualTo(2 * Integer.parseInt(size.group(2)));
        Matcher dot =
                Pattern.compile("<circle cx=\"([0-9.]+)\" cy=\"([0-9.]+)\"").matcher(svg);
        int dots = 0;
        for (; dot.find(); dots++) {
            // A little to the right of the centre: the axis is drawn over a dot that stands on it.
            int x = (int) (2 * (Double.parseDouble(dot.group(1)) + 1.6));
            int rgb = image.getRGB(x, (int) (2 * Double.parseDouble(dot.group(2))));
            assertThat(rgb & 0xFF).as("blue beats red").isGreaterThan((rgb >> 16 & 0xFF) + 0x40);
        }
        assertThat(dots).as("four finite points and the legend").isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("figures")
    void pngIsAPicture(Figure figure) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(FigureFiles.png(figure)));
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y += 3) {
            for (int x = 0; x < image.getWidth(); x += 3) {
                colours.add(image.getRGB(x, y));
            }
        }
        assertThat(colours).hasSizeGreaterThan(2).contains(0xFFFFFFFF);
    }

    @Test
    void ticksAreRound() {
        assertThat(Ticks.linear(0, 1, 5))
                .extracting(Ticks.Tick::label)
                .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
        assertThat(Ticks.linear(-3, 4, 4)).extracting(Ticks.Tick::label).containsExactly("\u22122", "0", "2", "4");
        assertThat(Ticks.linear(0, 3e8, 3))
                .extracting(Ticks.Tick::label)
                .containsExactly("0", "1×10⁸", "2×10⁸", "3×10⁸");
    }

    @Test
    void everyAxisIsMarkedAtLeastTwice() {
        List<Scale> scales = new ArrayList<>();
        for (double high : new double[] {1e-9, 0.03, 1, 7, 99.9, 12345, 3e8}) {
            scales.add(new Scale(-high, high, false, 0, 300));
            scales.add(new Scale(0, high, false, 0, 300));
            scales.add(new Scale(high * 1e-3, high, true, 0, 300));
            scales.add(new Scale(high / 3, high, true, 0, 300));
            scales.add(new Scale(high * 1e-40, high, true, 0, 300));
        }
        for (Scale scale : scales) {
            List<Ticks.Tick> ticks = Ticks.of(scale, 5);
            assertThat(ticks).allMatch(tick -> tick.value() >= scale.low() && tick.value() <= scale.high());
            assertThat(ticks.stream().filter(tick -> !tick.label().isEmpty()).count())
                    .as("%s", scale)
                    .isBetween(1L, 12L);
        }
        assertThat(Ticks.power(-12)).isEqualTo("10⁻¹²");
    }

    @Test
    void theHtmlPageStandsAlone() throws Exception {
        HtmlReport report = new HtmlReport(
                "Title <x>",
                "Summary & more",
                VerdictTablesTest.table(),
                figures().toList(),
                Map.of("k<", "v\">"),
                "run a=1 && b");
        String page = report.page();
        assertThat(page)
                .doesNotContain("<x>")
                .doesNotContain("<script")
                .doesNotContain("<nodes>")
                .contains("run a=1 &amp;&amp; b");
        assertThat(page).doesNotContain("src=").doesNotContain("href=").doesNotContain("@import");
        assertThat(page.split("<svg", -1)).hasSize(9);
        Set<String> ids = new HashSet<>();
        Matcher id = Pattern.compile(" id=\"([^\"]+)\"").matcher(page);
        while (id.find()) {
            assertThat(ids.add(id.group(1))).as("id %s is unique", id.group(1)).isTrue();
        }
        parsed(page.replaceFirst("<!DOCTYPE html>", "").replaceAll("(<meta [^>]*)>", "$1/>"));
    }
}
