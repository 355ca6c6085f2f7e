package dev.rectifier.bench.peer;

/** A peer died, is silent or does not keep to the protocol. */
public final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PeerException(String what) {
        super(what);
    }

    public PeerException(String what, Throwable cause) {
        super(what, cause);
    }
}
