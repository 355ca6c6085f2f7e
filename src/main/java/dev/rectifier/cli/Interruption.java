package dev.rectifier.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns INT, TERM and USR1 into a polite request to stop: the run writes a checkpoint and the process ends with 130 or 143.
 * A second signal ends it at once.
 *
 * <p>The JDK's signal class is reached by reflection because a plain import of it is a compiler warning that cannot be
 * silenced. Where it is missing, a shutdown hook still ends the run, without its last checkpoint.
 */
final class Interruption {
    private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);
    private static final Map<String, ExitCode> SIGNALS =
            Map.of("INT", ExitCode.INTERRUPTED, "TERM", ExitCode.TERMINATED, "USR1", ExitCode.TERMINATED);

    private volatile ExitCode request = ExitCode.GOOD;

    /** Listens for the signals from now on. */
    static Interruption install() {
        Interruption interruption = new Interruption();
        SIGNALS.forEach(interruption::listen);
        return interruption;
    }

    /** True once somebody asked to stop. */
    boolean requested() {
        return request != ExitCode.GOOD;
    }

    /** How the process should end: GOOD if nobody asked to stop. */
    ExitCode exitCode() {
        return request;
    }

    synchronized void receive(ExitCode code) {
        if (requested()) {
            Runtime.getRuntime().halt(code.code());
        }
        request = code;
    }

    private void listen(String name, ExitCode code) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerClass.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            receive(code);
                            return code; // ignored: handle is void
                        }
                        return method.getName().equals("equals") ? (Object) (proxy == arguments[0]) : 0;
                    });
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            Throwable cause = e instanceof InvocationTargetException wrapped ? wrapped.getTargetException() : e;
            LOG.debug("Signal {} cannot be caught on this JVM: {}", name, cause.toString());
        }
    }
}
