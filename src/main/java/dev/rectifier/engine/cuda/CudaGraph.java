package dev.rectifier.engine.cuda;

import dev.rectifier.engine.DeviceException;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/** What was asked of the engine's stream, recorded and ready to be launched as one. Holds the driver's memory alone. */
final class CudaGraph implements AutoCloseable {
    private final CudaContext context;
    private final String what;
    private final CUgraphExec executable;
    private final long operations;

    private CudaGraph(CudaContext context, String what, CUgraphExec executable, long operations) {
        this.context = context;
        this.what = what;
        this.executable = executable;
        this.operations = operations;
    }

    /**
     * Records what {@code work} asks of the stream, which is not done. Other threads are not hindered meanwhile.
     *
     * @param what the work in words, for messages
     * @throws DeviceException if the work asks for what cannot be recorded, or the driver fails; nothing is left then
     */
    static CudaGraph record(CudaContext context, String what, Runnable work) {
        CUgraph graph = captured(context, what, work);
        try {
            long[] operations = new long[1];
            context.check(JCudaDriver.cuGraphGetNodes(graph, null, operations), "cuGraphGetNodes of " + what);
            CUgraphExec executable = new CUgraphExec();
            int status = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
            if (status != CUresult.CUDA_SUCCESS) {
                context.check(status, "cuGraphInstantiate of " + what, memory(context));
            }
            return new CudaGraph(context, what, executable, operations[0]);
        } finally {
            context.released(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy of " + what);
        }
    }

    private static CUgraph captured(CudaContext context, String what, Runnable work) {
        CUstream stream = context.stream();
        context.check(
                JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture of " + what);
        boolean recorded = false;
        try {
            work.run();
            CUgraph graph = new CUgraph();
            context.check(JCudaDriver.cuStreamEndCapture(stream, graph), "cuStreamEndCapture of " + what);
            recorded = true;
            return graph;
        } finally {
            if (!recorded) {
                abandon(stream);
            }
        }
    }

    /** Leaves the stream as it was before the capture. What its end says is no news: the capture has failed already. */
    private static void abandon(CUstream stream) {
        CUgraph partial = new CUgraph();
        if (JCudaDriver.cuStreamEndCapture(stream, partial) == CUresult.CUDA_SUCCESS) {
            JCudaDriver.cuGraphDestroy(partial);
        }
    }

    private static String memory(CudaContext context) {
        return " Device memory: " + context.memory().state() + ".";
    }

    /** Kernels, copies and fills. */
    long operations() {
        return operations;
    }

    void launch() {
        context.launched(this);
        int status = JCudaDriver.cuGraphLaunch(executable, context.stream());
        if (status != CUresult.CUDA_SUCCESS) {
            context.check(status, "cuGraphLaunch of " + what, memory(context));
        }
    }

    @Override
    public String toString() {
        return what;
    }

    @Override
    public void close() {
        context.released(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy of " + what);
    }
}
