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
import javax.net.ssl.SSLException;

/**
 * Opens addresses for reading from a byte on. Follows at most {@value #MOST_MOVES} redirections, each only to an address that
 * is allowed, which in the program means https.
 */
final class Downloads {
    static final int MOST_MOVES = 5;

    private final Predicate<URI> allowed;
    private final Duration patience;
    private final HttpClient client;

    /** {@code patience}: how long an answer, and then every {@value SteadyBody#PORTION} bytes, may be waited for. */
    Downloads(Predicate<URI> allowed, Duration patience) {
        this.allowed = allowed;
        this.patience = patience;
        client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .build();
    }

    /** What the program uses. */
    static Downloads overHttps() {
        return new Downloads(address -> "https".equals(address.getScheme()), Duration.ofSeconds(30));
    }

    /**
     * An answer.
     *
     * @param from first byte of the file that it carries
     * @param total bytes of the whole file, if it says so
     */
    record Answer(int status, long from, OptionalLong total, SteadyBody body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

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
                HttpRequest.newBuilder(address).timeout(patience).GET();
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (SSLException e) {
            throw new FetchException(
                    FetchException.Kind.REFUSED,
                    "Reached " + address.getHost() + ", but there is no secure connection to it (" + e.getMessage()
                            + "): this machine's clock, its certificates or a proxy in between may be wrong. Download "
                            + address + " on another machine and give its folder with --from.",
                    e);
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
    private Answer answer(HttpResponse<InputStream> response, long from) {
        String range = response.headers().firstValue("content-range").orElse("");
        boolean continued = response.statusCode() == 206 && range.startsWith("bytes " + from + "-");
        OptionalLong length = response.headers().firstValueAsLong("content-length");
        OptionalLong total = continued ? total(range, from, length) : length;
        return new Answer(
                response.statusCode(), continued ? from : 0, total, new SteadyBody(response.body(), patience));
    }

    /** Out of «bytes 5-9/10», or «bytes 5-9/*» and the length of the answer. */
    private static OptionalLong total(String range, long from, OptionalLong length) {
        String said = range.substring(range.lastIndexOf('/') + 1);
        if (said.matches("[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(said));
        }
        return length.isPresent() ? OptionalLong.of(from + length.getAsLong()) : OptionalLong.empty();
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
