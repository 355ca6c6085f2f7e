package dev.rectifier.bench;

import dev.rectifier.bench.peer.RefusedException;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.OtherLibrary;
import java.util.Map;

/** Another library in this process, on the engine's device and in the order of its work: timed as the engine itself is. */
record LibraryContender(Rig rig, OtherLibrary library, Twin twin) implements Contender {
    @Override
    public String name() {
        return library.name();
    }

    /** The library moves its own operands. */
    @Override
    public Work work(Work counted) {
        return twin.exact().work();
    }

    @Override
    public Trial open(Cache cache) {
        OtherLibrary.Session session = session();
        try {
            Operation theirs =
                    twin.exact().calling((engine, operands) -> twin.call().on(session, operands));
            Rival here = new Rival(rig.engine(), Map.of());
            OutputCheck check = OperationTrial.wholly(rig, here, twin.exact());
            return new LibraryTrial(session, new OperationTrial(rig, here, theirs, check, cache));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private OtherLibrary.Session session() {
        try {
            return library.open();
        } catch (DeviceException e) {
            throw RefusedException.once("not present: " + e.getMessage());
        }
    }

    /** An operation's trial that gives the library back with its operands. */
    private record LibraryTrial(OtherLibrary.Session session, OperationTrial trial) implements Trial {
        @Override
        public Verification verify() {
            return trial.verify();
        }

        @Override
        public Lap run(long calls) {
            return trial.run(calls);
        }

        @Override
        public double launchesPerCall() {
            return trial.launchesPerCall();
        }

        @Override
        public String note() {
            return session.description();
        }

        @Override
        public void close() {
            trial.close();
            session.close();
        }
    }
}
