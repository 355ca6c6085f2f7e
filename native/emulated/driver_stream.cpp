// driver_stream.cpp: streams and events. Work is done when it is enqueued, so synchronising only looks for damage.
#include <chrono>

#include "driver.h"
#include "memory.h"

using namespace emulated;

namespace {

using Clock = std::chrono::steady_clock;

struct Event {
    bool recorded = false;
    Clock::time_point time;
    std::shared_ptr<Graph> capture; // recorded in a stream under capture
};

Handles<Event>& events() {
    static auto* instance = new Handles<Event>;
    return *instance;
}

// The default stream has no object: null, 1 (legacy) and 2 (per thread) are its names.
bool is_default(CUstream stream) { return reinterpret_cast<uintptr_t>(stream) <= 2; }

template <class Body>
CUresult stream_call(CUstream stream, Body body) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Stream> found = streams().find(stream);
        return found || is_default(stream) ? body(found.get()) : CUDA_ERROR_INVALID_HANDLE;
    });
}

template <class Body>
CUresult event_call(CUevent event, Body body) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<Event> found = events().find(event);
        return found ? body(found) : CUDA_ERROR_INVALID_HANDLE;
    });
}

CUresult settle() {
    if (CUresult refused = refusal_while_capturing()) {
        return refused;
    }
    std::string fault = memory().damage();
    return fault.empty() ? CUDA_SUCCESS : report(CUDA_ERROR_ILLEGAL_ADDRESS, "synchronize: " + fault);
}

CUresult record(const std::shared_ptr<Event>& event, CUstream stream) {
    std::shared_ptr<Stream> found = streams().find(stream);
    event->capture = found ? found->capture : nullptr;
    return enqueue(stream, [event] {
        event->recorded = true;
        event->time = Clock::now();
        return CUDA_SUCCESS;
    });
}

// A stream that waits for an event of a capture joins that capture.
CUresult join(Stream* stream, const Event& event) {
    if (event.capture && stream == nullptr) {
        return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
    }
    if (event.capture && stream->capture != event.capture) {
        stream->capture = event.capture;
        stream->origin = false;
    }
    return CUDA_SUCCESS;
}

CUresult create(CUstream* stream, unsigned flags, int priority) {
    return driver_call(Needs::CONTEXT, [&] {
        auto object = std::make_shared<Stream>();
        object->flags = flags;
        object->priority = priority;
        object->context = current_context();
        *stream = streams().add(object);
        return CUDA_SUCCESS;
    });
}

CUresult elapsed(float* milliseconds, const Event& from, const Event& to) {
    if (!from.recorded || !to.recorded) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    *milliseconds = std::chrono::duration<float, std::milli>(to.time - from.time).count();
    return CUDA_SUCCESS;
}

} // namespace

namespace emulated {

Handles<Stream>& streams() {
    static auto* instance = new Handles<Stream>;
    return *instance;
}

uint64_t live_objects() {
    return streams().size() + events().size() + live_graph_objects() + live_modules() + live_contexts() +
           memory().live_host_allocations();
}

CUresult enqueue(CUstream stream, Operation operation) {
    std::shared_ptr<Stream> found = streams().find(stream);
    if (!found && !is_default(stream)) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (found && found->capture) {
        if (found->capture->invalid) {
            return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
        }
        found->capture->operations.push_back(std::move(operation));
        return CUDA_SUCCESS;
    }
    bool implicit = false;
    streams().each([&](Stream& other) {
        if (!found && other.capture && (other.flags & STREAM_NON_BLOCKING) == 0) {
            other.capture->invalid = true;
            implicit = true;
        }
    });
    return implicit ? CUDA_ERROR_STREAM_CAPTURE_IMPLICIT : operation();
}

} // namespace emulated

EXPORT CUresult cuStreamCreate(CUstream* stream, unsigned flags) { return create(stream, flags, 0); }

EXPORT CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int priority) {
    return create(stream, flags, priority);
}

EXPORT CUresult cuStreamDestroy_v2(CUstream stream) {
    return driver_call(Needs::CONTEXT, [&] { return streams().remove(stream); });
}

EXPORT CUresult cuStreamSynchronize(CUstream stream) {
    return stream_call(stream, [](Stream*) { return settle(); });
}

EXPORT CUresult cuStreamQuery(CUstream stream) {
    return stream_call(stream, [](Stream*) { return refusal_while_capturing(); });
}

EXPORT CUresult cuStreamGetFlags(CUstream stream, unsigned* flags) {
    return stream_call(stream, [&](Stream* found) {
        *flags = found == nullptr ? 0 : found->flags;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuStreamGetPriority(CUstream stream, int* priority) {
    return stream_call(stream, [&](Stream* found) {
        *priority = found == nullptr ? 0 : found->priority;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned) {
    return stream_call(stream, [&](Stream* found) {
        std::shared_ptr<Event> known = events().find(event);
        return known ? join(found, *known) : CUDA_ERROR_INVALID_HANDLE;
    });
}

EXPORT CUresult cuEventCreate(CUevent* event, unsigned) {
    return driver_call(Needs::CONTEXT, [&] {
        *event = events().add(std::make_shared<Event>());
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuEventDestroy_v2(CUevent event) {
    return driver_call(Needs::CONTEXT, [&] { return events().remove(event); });
}

EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) {
    return event_call(event, [&](const std::shared_ptr<Event>& found) { return record(found, stream); });
}

EXPORT CUresult cuEventSynchronize(CUevent event) {
    return event_call(event, [](const std::shared_ptr<Event>&) { return settle(); });
}

EXPORT CUresult cuEventQuery(CUevent event) {
    return event_call(event, [](const std::shared_ptr<Event>&) { return refusal_while_capturing(); });
}

EXPORT CUresult cuEventElapsedTime(float* milliseconds, CUevent from, CUevent to) {
    return event_call(from, [&](const std::shared_ptr<Event>& start) {
        std::shared_ptr<Event> end = events().find(to);
        return end ? elapsed(milliseconds, *start, *end) : CUDA_ERROR_INVALID_HANDLE;
    });
}
