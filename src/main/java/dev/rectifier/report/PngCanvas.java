package dev.rectifier.report;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Paints on a picture at two pixels for each point. */
final class PngCanvas implements Canvas {
    private static final int PIXELS_PER_POINT = 2;
    private static final float[] DASHES = {6, 4};

    private final BufferedImage image;
    private final Graphics2D graphics;

    PngCanvas(double width, double height) {
        int pixelsWide = (int) Math.ceil(width * PIXELS_PER_POINT);
        int pixelsHigh = (int) Math.ceil(height * PIXELS_PER_POINT);
        image = new BufferedImage(pixelsWide, pixelsHigh, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.scale(PIXELS_PER_POINT, PIXELS_PER_POINT);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        smooth(true);
    }

    /** The picture as a PNG file. */
    byte[] file() {
        graphics.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new IllegalStateException("A picture could not be turned into PNG: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }

    private void smooth(boolean on) {
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING,
                on ? RenderingHints.VALUE_ANTIALIAS_ON : RenderingHints.VALUE_ANTIALIAS_OFF);
    }

    private void use(Ink ink) {
        graphics.setColor(new Color(ink.rgb()));
        graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, (float) ink.opacity()));
    }

    private void use(Pen pen) {
        use(pen.ink());
        float width = (float) pen.width();
        graphics.setStroke(
                pen.dashed()
                        ? new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, DASHES, 0)
                        : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Pen pen) {
        use(pen);
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void stroke(Polyline path, Pen pen) {
        use(pen);
        graphics.draw(shape(path));
    }

    @Override
    public void fill(Polyline outline, Ink ink) {
        use(ink);
        graphics.fill(shape(outline));
    }

    private static Path2D shape(Polyline path) {
        Path2D shape = new Path2D.Double();
        shape.moveTo(path.x(0), path.y(0));
        for (int i = 1; i < path.size(); i++) {
            shape.lineTo(path.x(i), path.y(i));
        }
        return shape;
    }

    @Override
    public void fill(Box box, Ink ink) {
        use(ink);
        smooth(false);
        graphics.fill(rectangle(box));
        smooth(true);
    }

    private static Rectangle2D rectangle(Box box) {
        return new Rectangle2D.Double(box.x(), box.y(), box.width(), box.height());
    }

    @Override
    public void dot(double x, double y, double radius, Ink ink) {
        use(ink);
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void text(String text, double x, double y, TextStyle style) {
        use(style.ink());
        int weight = style.bold() ? Font.BOLD : Font.PLAIN;
        Font font = new Font(Font.SANS_SERIF, weight, 1).deriveFont((float) style.size());
        graphics.setFont(font);
        double width =
                font.getStringBounds(text, graphics.getFontRenderContext()).getWidth();
        double shift = switch (style.anchor()) {
            case START -> 0;
            case MIDDLE -> -width / 2;
            case END -> -width;
        };
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        if (style.upward()) {
            graphics.rotate(-Math.PI / 2);
        }
        graphics.drawString(text, (float) shift, 0);
        graphics.setTransform(before);
    }

    @Override
    public void clipped(Box box, Runnable painting) {
        Shape before = graphics.getClip();
        graphics.clip(rectangle(box));
        painting.run();
        graphics.setClip(before);
    }
}
