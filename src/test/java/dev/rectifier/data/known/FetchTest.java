package dev.rectifier.data.known;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rectifier.data.known.FetchException.Kind;
import dev.rectifier.tensor.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server in this process that answers well, badly, and not at all. */
class FetchTest {
    private static final byte[] CONTENT = content();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    private final List<String> ranges = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private int sent = CONTENT.length;
    private boolean knowsRanges = true;
    private byte[] served = CONTENT;

    private static byte[] content() {
        byte[] bytes = new byte[200_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ((i * i) >> 3);
        }
        return bytes;
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/file", this::answer);
        server.createContext("/moved", exchange -> move(exchange, "/file"));
        server.createContext("/abroad", exchange -> move(exchange, "ftp://elsewhere.example/file"));
        server.createContext("/stalled", this::stall);
        server.createContext("/unsaid", this::answerUnsaid);
        server.createContext("/round", exchange -> move(exchange, "/round"));
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** Sends the first {@code sent} bytes of what was asked for, then breaks off. */
    private void answer(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        ranges.add(range == null ? "" : range);
        int from = range == null || !knowsRanges ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        if (from > 0 && from >= served.length) {
            exchange.sendResponseHeaders(416, -1);
        } else {
            if (from > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (served.length - 1) + "/" + served.length);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, served.length - from);
            exchange.getResponseBody().write(served, from, Math.min(sent, served.length - from));
            exchange.getResponseBody().flush();
        }
        exchange.close();
    }

    /** Announces everything, sends a part, and says no more until the test is over. */
    private void stall(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, served.length);
        exchange.getResponseBody().write(served, 0, 70_000);
        exchange.getResponseBody().flush();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    /** Sends the first {@code sent} bytes, and ends well, without a word of how many there are. */
    private void answerUnsaid(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (sent - 1) + "/*");
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, 0);
        exchange.getResponseBody().write(served, from, sent - from);
        exchange.close();
    }

    private static void move(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private KnownFile file(String path, long limit) {
        URI source = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        byte[] sum = Digest.sha256().digest(CONTENT);
        return new KnownFile("file.gz", HexFormat.of().formatHex(sum), limit, Optional.of(source));
    }

    private Fetch fetch() {
        return fetch("http", Duration.ofSeconds(30));
    }

    private static Fetch fetch(String scheme, Duration patience) {
        return new Fetch(new Downloads(address -> scheme.equals(address.getScheme()), patience), bytes -> {});
    }

    private boolean download(String path) {
        return fetch().download(file(path, 1 << 20), folder);
    }

    private void assertFails(Kind kind, String why, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(why);
    }

    private void assertWhole() throws IOException {
        assertThat(Files.readAllBytes(folder.resolve("file.gz"))).isEqualTo(CONTENT);
        assertThat(folder.resolve("file.gz.part")).doesNotExist();
    }

    @Test
    void filesComeOnce() throws IOException {
        assertThat(download("/moved")).isTrue();
        assertWhole();
        assertThat(download("/file")).isFalse();
        assertThat(ranges).containsExactly("");
    }

    @Test
    void whatBrokeOffGoesOn() throws IOException {
        sent = 70_000;
        assertFails(Kind.BROKEN_OFF, "broke off after", () -> download("/file"));
        long first = Files.size(folder.resolve("file.gz.part"));
        assertThat(first).isBetween(1L, 70_000L);
        assertThat(folder.resolve("file.gz")).doesNotExist();
        sent = CONTENT.length;
        assertThat(download("/file")).isTrue();
        assertThat(ranges).containsExactly("", "bytes=" + first + "-");
        assertWhole();
    }

    /** What came is kept, and the next try goes on behind it. */
    @Test
    void aDownloadThatStallsIsBrokenOff() throws IOException {
        assertFails(
                Kind.BROKEN_OFF,
                "brought less than 65536 bytes in",
                () -> fetch("http", Duration.ofMillis(500)).download(file("/stalled", 1 << 20), folder));
        assertThat(Files.readAllBytes(folder.resolve("file.gz.part"))).isEqualTo(Arrays.copyOf(CONTENT, 70_000));
        assertThat(download("/file")).isTrue();
        assertThat(ranges).containsExactly("bytes=70000-");
        assertWhole();
    }

    @Test
    void aFileThatEndsTooEarlyIsNoWrongOne() throws IOException {
        sent = 50_000;
        assertFails(Kind.BROKEN_OFF, "without having said how many", () -> download("/unsaid"));
        assertThat(folder.resolve("file.gz.part")).hasSize(50_000);
        sent = CONTENT.length;
        assertThat(download("/unsaid")).isTrue();
        assertWhole();
    }

    @Test
    void aFullDiskIsSaidClearly() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Files.createSymbolicLink(folder.resolve("file.gz.part"), full);
        assertFails(Kind.DISK_FULL, "the disk is full. Free some space", () -> download("/file"));
    }

    /**
     * A server that does not speak TLS is there, and not offline. The JDK's client sometimes does not notice that the handshake
     * has failed until it may wait no longer, so there are several attempts.
     */
    @Test
    void aConnectionThatIsNotSecureIsNotCalledOffline() throws Exception {
        List<FetchException> failures = new ArrayList<>();
        for (int attempt = 0; attempt < 10 && failures.stream().noneMatch(e -> e.kind() == Kind.REFUSED); attempt++) {
            failures.add(downloadFromPlainServer());
        }
        assertThat(failures)
                .last()
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.REFUSED))
                .satisfies(failure -> assertThat(failure).hasMessageContaining("there is no secure connection to it"));
    }

    private FetchException downloadFromPlainServer() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<?> answered = threads.submit(() -> {
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream().write("no word of TLS here".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes(); // closing with bytes unread would reset the connection
                }
                return null;
            });
            URI secure = URI.create("https://127.0.0.1:" + plain.getLocalPort() + "/file");
            KnownFile file = new KnownFile("file.gz", "", 1 << 20, Optional.of(secure));
            FetchException failure = catchThrowableOfType(
                    FetchException.class,
                    () -> fetch("https", Duration.ofSeconds(2)).download(file, folder));
            answered.cancel(true);
            return failure;
        }
    }

    @Test
    void serversWithoutRangesStartAnew() throws IOException {
        knowsRanges = false;
        Files.write(folder.resolve("file.gz.part"), new byte[1000]);
        assertThat(download("/file")).isTrue();
        assertWhole();
    }

    /** A complete part is accepted; a longer one of something else is thrown away and the file comes anew. */
    @Test
    void partsPastTheEndAreSettled() throws IOException {
        Files.write(folder.resolve("file.gz.part"), CONTENT);
        assertThat(download("/file")).isTrue();
        assertWhole();
        Files.delete(folder.resolve("file.gz"));
        Files.write(folder.resolve("file.gz.part"), new byte[CONTENT.length + 5]);
        assertThat(download("/file")).isTrue();
        assertWhole();
    }

    @Test
    void otherFilesAreThrownAway() throws IOException {
        served = Arrays.copyOf(CONTENT, CONTENT.length);
        served[1234] ^= 1;
        assertFails(Kind.WRONG_SUM, "is not the known file", () -> download("/file"));
        assertThat(folder).isEmptyDirectory();
        Files.write(folder.resolve("file.gz"), served);
        assertFails(Kind.WRONG_SUM, "is there, but it is another file", () -> download("/file"));
        assertThat(Files.readAllBytes(folder.resolve("file.gz"))).isEqualTo(served);
    }

    @Test
    void largerFilesAreRefused() {
        assertFails(
                Kind.TOO_LARGE, "more than the 150000 bytes", () -> fetch().download(file("/file", 150_000), folder));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void onlyAllowedAddressesAreRead() {
        assertFails(Kind.REFUSED, "was moved to ftp://elsewhere.example/file is not read", () -> download("/abroad"));
        assertFails(Kind.REFUSED, "moved more than 5 times", () -> download("/round"));
        assertFails(Kind.REFUSED, "status 404", () -> download("/absent"));
        Fetch overHttps = new Fetch(bytes -> {});
        assertFails(Kind.REFUSED, "only https is", () -> overHttps.download(file("/file", 1 << 20), folder));
    }

    @Test
    void beingOfflineIsSaidClearly() {
        KnownFile file = file("/file", 1 << 20);
        server.stop(0);
        assertFails(Kind.UNREACHABLE, "seems to be offline", () -> fetch().download(file, folder));
        assertFails(Kind.UNREACHABLE, "give its folder with --from", () -> fetch().download(file, folder));
    }

    @Test
    void foldersOfTheUserAreASource() throws IOException {
        Path from = Files.createDirectories(folder.resolve("from"));
        Path to = folder.resolve("to");
        Files.write(from.resolve("file.gz"), CONTENT);
        assertThat(fetch().copy(file("/file", 1 << 20), from, to)).isTrue();
        assertThat(fetch().copy(file("/file", 1 << 20), from, to)).isFalse();
        Files.write(from.resolve("file.gz"), new byte[3]);
        assertFails(
                Kind.WRONG_SUM,
                "is not the known file",
                () -> fetch().copy(file("/file", 1 << 20), from, from.resolve("new")));
        KnownFile closed = new KnownFile("absent", "", 1, Optional.empty());
        assertFails(Kind.REFUSED, "cannot be downloaded", () -> fetch().download(closed, folder));
        assertThat(ranges).isEmpty();
    }
}
