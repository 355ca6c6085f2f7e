package dev.rectifier.train;

import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.Engine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** An engine that says of itself that it has little memory, and counts the arenas that were opened on it. */
final class LittleMemory {
    private final Engine engine;
    private final DeviceMemory memory;
    private int arenas;

    LittleMemory(Engine target, DeviceMemory memory) {
        this.memory = memory;
        engine = (Engine) Proxy.newProxyInstance(
                LittleMemory.class.getClassLoader(), new Class<?>[] {Engine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("memory")) {
                        return memory;
                    }
                    arenas += method.getName().equals("openArena") ? 1 : 0;
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    Engine engine() {
        return engine;
    }

    DeviceMemory memory() {
        return memory;
    }

    int arenas() {
        return arenas;
    }
}
