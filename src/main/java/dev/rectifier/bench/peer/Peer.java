package dev.rectifier.bench.peer;

import java.util.List;
import java.util.Map;

/** Somebody else's software, in a process of its own; see {@code src/bench/python/README.md}. */
public interface Peer {
    /** Name of the library. */
    String name();

    /** Versions that its times depend on. */
    Map<String, String> versions();

    /** What it runs on. */
    String device();

    /** Kinds of cases that it knows: {@code students}, {@code kernel}. */
    List<String> kinds();

    /** Ways in which it can do a case. */
    List<String> variants();

    /**
     * Asks for something and waits for the answer.
     *
     * @param request {@code op} and what belongs to it
     * @param seconds at most
     * @return the answer's fields
     * @throws RefusedException if it answers that it cannot
     * @throws PeerException if it died or is silent
     */
    Map<String, Object> ask(Map<String, Object> request, double seconds);

    /** Asks for a case's memory back; a peer that cannot even do that is ended. */
    void release();
}
