package dev.rectifier.cli;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, handing each constructor the console and the interruption it asks for. */
final class CommandFactory implements IFactory {
    private final Map<Class<?>, Object> services;

    CommandFactory(Console console, Interruption interruption) {
        this.services = Map.of(Console.class, console, Interruption.class, interruption);
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Class<?>[] parameters = constructor.getParameterTypes();
            if (parameters.length > 0 && Arrays.stream(parameters).allMatch(services::containsKey)) {
                return type.cast(constructor.newInstance(
                        Arrays.stream(parameters).map(services::get).toArray()));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
