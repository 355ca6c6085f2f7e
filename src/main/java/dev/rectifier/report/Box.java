package dev.rectifier.report;

/** A rectangle in points; y grows downwards. */
record Box(double x, double y, double width, double height) {
    double right() {
        return x + width;
    }

    double bottom() {
        return y + height;
    }

    double centreX() {
        return x + width / 2;
    }

    double centreY() {
        return y + height / 2;
    }

    /** This box without margins. */
    Box inset(double left, double top, double rightMargin, double bottomMargin) {
        return new Box(
                x + left, y + top, Math.max(1, width - left - rightMargin), Math.max(1, height - top - bottomMargin));
    }
}
