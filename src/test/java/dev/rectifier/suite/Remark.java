package dev.rectifier.suite;

/**
 * A test that did not pass.
 *
 * @param kind {@code failed} or {@code skipped}
 * @param test its name
 * @param reason why
 */
record Remark(String kind, String test, String reason) {
    private static final int LONGEST = 300;

    /** For one line of a table. */
    String line() {
        String first = reason.lines().findFirst().orElse("").replace("|", "/");
        return first.length() <= LONGEST ? first : first.substring(0, LONGEST) + " ...";
    }
}
