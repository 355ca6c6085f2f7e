package dev.rectifier.data.known;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Opens addresses for reading from a byte on. Follows at most {@value #MOST_MOVES} redirections, each only to an address that
 * is allowed, which in the program means https.
 */
final class Downloads {
    static final int MOST_MOVES = 5;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Predicate<URI> allowed;
    private final HttpClient client;

    Downloads(Predicate<URI> allowed) {
        this.allowed = allowed;
        client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(PATIENCE)
                .build();
    }

    /** What the program uses. */
    static Downloads overHttps() {
        return new Downloads(address -> "https".equals(address.getScheme()));
    }

    /**
     * An answer.
     *
     * @param from first byte of the file that it carries
     * @param length bytes that it announces to carry, if it does
     */
    record Answer(int status, long from, OptionalLong length, InputStream body) {}

    /** Asks for a file from a byte on; the caller closes the body. */
    Answer open(URI address, long from) {
        URI here = address;
        for (int moves = 0; moves <= MOST_MOVES; moves++) {
            require(here, address);
            HttpResponse<InputStream> response = send(here, from);
            if (response.statusCode() / 100 != 3) {
                return answer(response, from);
            }
            here = next(response, here);
        }
        throw new FetchException(
                FetchException.Kind.REFUSED,
                address + " was moved more than " + MOST_MOVES + " times. Try again later.");
    }

    private void require(URI here, URI address) {
        if (!allowed.test(here)) {
            String moved = here.equals(address) ? "" : address + " was moved to ";
            throw new FetchException(
                    FetchException.Kind.REFUSED,
                    moved + here + " is not read: only https is. Download the file by other means.");
        }
    }

    private static URI next(HttpResponse<InputStream> response, URI here) {
        close(response.body());
        String location = response.headers().firstValue("location").orElse("");
        try {
            return here.resolve(URI.create(location));
        } catch (IllegalArgumentException e) {
            throw new FetchException(
                    FetchException.Kind.REFUSED, here + " was moved to no address: '" + location + "'.", e);
        }
    }

    private HttpResponse<InputStream> send(URI address, long from) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(PATIENCE).GET();
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new FetchException(
                    FetchException.Kind.UNREACHABLE,
                    "Cannot reach " + address.getHost() + " (" + e.getClass().getSimpleName()
                            + "): this machine seems to be offline, or the other side is. Download " + address
                            + " on another machine and give its folder with --from.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException(FetchException.Kind.BROKEN_OFF, "The download was interrupted.", e);
        }
    }

    /** A server that does not know ranges answers 200 with the whole file. */
    private static Answer answer(HttpResponse<InputStream> response, long from) {
        String range = response.headers().firstValue("content-range").orElse("");
        boolean continued = response.statusCode() == 206 && range.startsWith("bytes " + from + "-");
        OptionalLong length = response.headers().firstValueAsLong("content-length");
        return new Answer(response.statusCode(), continued ? from : 0, length, response.body());
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new FetchException(
                    FetchException.Kind.BROKEN_OFF, "The connection broke: " + e.getMessage() + ".", e);
        }
    }
}
