// driver_graph.cpp: graphs by stream capture: the captured operations are kept in order and done again at each launch.
#include "driver.h"

using namespace emulated;

namespace {

constexpr int MODE_GLOBAL = 0;
constexpr int MODE_RELAXED = 2;

Handles<Graph>& graphs() {
    static auto* instance = new Handles<Graph>;
    return *instance;
}

Handles<Graph>& executables() {
    static auto* instance = new Handles<Graph>;
    return *instance;
}

CUresult begin_capture(Stream& stream, int mode) {
    if (mode < MODE_GLOBAL || mode > MODE_RELAXED) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (stream.capture) {
        return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
    stream.capture = std::make_shared<Graph>();
    stream.origin = true;
    stream.mode = mode;
    stream.thread = std::this_thread::get_id();
    return CUDA_SUCCESS;
}

CUresult end_capture(Stream& stream, CUgraph* graph) {
    if (!stream.capture || !stream.origin) {
        return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
    }
    std::shared_ptr<Graph> captured = stream.capture;
    streams().each([&](Stream& other) {
        if (other.capture == captured) {
            other.capture = nullptr;
        }
    });
    *graph = captured->invalid ? nullptr : graphs().add(captured);
    return captured->invalid ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS;
}

template <class Body>
CUresult with_stream(CUstream stream, Body body) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Stream> found = streams().find(stream);
        return found ? body(*found) : CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED; // the default stream cannot be captured
    });
}

CUresult replay(const Graph& graph) {
    for (const Operation& operation : graph.operations) {
        if (CUresult failed = operation()) {
            return failed;
        }
    }
    return CUDA_SUCCESS;
}

} // namespace

namespace emulated {

size_t live_graph_objects() { return graphs().size() + executables().size(); }

void end_captures_of(uintptr_t context) {
    streams().each([&](Stream& stream) {
        if (stream.context == context) {
            stream.capture = nullptr;
        }
    });
}

CUresult refusal_while_capturing() {
    CUresult refused = CUDA_SUCCESS;
    streams().each([&](Stream& stream) {
        bool concerned = stream.mode == MODE_GLOBAL || stream.thread == std::this_thread::get_id();
        if (stream.capture && stream.mode != MODE_RELAXED && concerned) {
            stream.capture->invalid = true;
            refused = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
        }
    });
    return refused;
}

} // namespace emulated

EXPORT CUresult cuStreamBeginCapture_v2(CUstream stream, int mode) {
    return with_stream(stream, [&](Stream& found) { return begin_capture(found, mode); });
}

EXPORT CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
    return with_stream(stream, [&](Stream& found) { return end_capture(found, graph); });
}

EXPORT CUresult cuStreamIsCapturing(CUstream stream, int* status) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Stream> found = streams().find(stream);
        bool active = found && found->capture;
        *status = !active ? 0 : found->capture->invalid ? 2 : 1;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph, unsigned long long) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Graph> found = graphs().find(graph);
        if (!found) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *executable = executables().add(std::make_shared<Graph>(*found));
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuGraphUpload(CUgraphExec executable, CUstream) {
    return driver_call(Needs::CONTEXT, [&] {
        return executables().find(executable) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    });
}

EXPORT CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Graph> found = executables().find(executable);
        return found ? enqueue(stream, [found] { return replay(*found); }) : CUDA_ERROR_INVALID_VALUE;
    });
}

// Handles are opaque, so of the nodes only their number can be asked for.
EXPORT CUresult cuGraphGetNodes(CUgraph graph, void** nodes, size_t* count) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Graph> found = graphs().find(graph);
        if (!found || nodes != nullptr) {
            return found ? CUDA_ERROR_NOT_SUPPORTED : CUDA_ERROR_INVALID_VALUE;
        }
        *count = found->operations.size();
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuGraphExecDestroy(CUgraphExec executable) {
    return driver_call(Needs::CONTEXT, [&] { return executables().remove(executable); });
}

EXPORT CUresult cuGraphDestroy(CUgraph graph) {
    return driver_call(Needs::CONTEXT, [&] { return graphs().remove(graph); });
}
