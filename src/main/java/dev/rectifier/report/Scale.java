package dev.rectifier.report;

/**
 * Maps values to points along one axis.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}
 * @param log whether the map is logarithmic
 * @param from position in points
 * @param to position in points
 */
record Scale(double low, double high, boolean log, double from, double to) {
    boolean shows(double value) {
        return Double.isFinite(value) && (!log || value > 0);
    }

    double at(double value) {
        double share = log
                ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
                : (value - low) / (high - low);
        return from + share * (to - from);
    }

    /** Like {@link #at}, with what cannot be shown below the lower edge (a band on a logarithmic axis may reach zero). */
    double atOrBelow(double value) {
        return shows(value) ? at(value) : at(log ? low * low / high : low);
    }
}
