package dev.rectifier.engine.cuda;

import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.OtherLibrary;
import java.util.Optional;

/**
 * cuDNN as something to compare with, present or not.
 *
 * @param context of the engine
 * @param library where it was found
 * @param room of the engine
 */
record CuDnnLibrary(CudaContext context, Optional<CudaLibraries.Library> library, CuDnnRoom room)
        implements OtherLibrary {
    @Override
    public String name() {
        return "cuDNN";
    }

    @Override
    public Session open() {
        return new CuDnn(context, library.orElseThrow(() -> new NoDeviceException(absence())), room);
    }

    static String absence() {
        return Platform.mayUseCudnn()
                ? "no libcudnn.so.9 was found; install cuDNN 9, or name its folder with -Drectifier.cuda.path=FOLDER"
                : "-Drectifier.cudnn=none";
    }
}
