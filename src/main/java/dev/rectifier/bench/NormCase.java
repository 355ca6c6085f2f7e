package dev.rectifier.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operation that joins others, beside the others one after the other on the same engine.
 *
 * @param joined with its peers
 * @param apart the others, if it can be taken apart
 */
record NormCase(OperationCase joined, Optional<Operation> apart) implements Case {
    @Override
    public Subject subject() {
        return joined.subject();
    }

    @Override
    public List<Cache> caches() {
        return joined.caches();
    }

    @Override
    public long deviceBytes() {
        return joined.deviceBytes();
    }

    @Override
    public long hostBytes() {
        return joined.hostBytes();
    }

    @Override
    public List<Contender> contenders(Rig rig) {
        List<Contender> all = new ArrayList<>(joined.contenders(rig));
        Rival here = new Rival(rig.engine(), Map.of());
        apart.ifPresent(operation -> all.add(new OperationCase.OnEngine("unfused", rig, here, operation)));
        return all;
    }
}
