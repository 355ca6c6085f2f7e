// driver.h: what the files of the driver API share: the frame of every call, handles, streams.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "control.h"
#include "driver_codes.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

using CUdevice = int;
using CUdeviceptr = uintptr_t;
using CUcontext = void*;
using CUmodule = void*;
using CUfunction = void*;
using CUstream = void*;
using CUevent = void*;
using CUgraph = void*;
using CUgraphExec = void*;

namespace emulated {

// One driver call at a time, from whatever thread it comes.
class Guard {
  public:
    Guard() : hold_(mutex()) {}

  private:
    static std::mutex& mutex();
    std::lock_guard<std::mutex> hold_;
};

bool initialised();
uintptr_t current_context(); // 0 where the calling thread has none

enum class Needs { NOTHING, INITIALISED, CONTEXT };

inline CUresult refusal(Needs needs) {
    if (CUresult injected = next_call()) {
        return needs == Needs::CONTEXT ? remember_if_fatal(injected) : injected;
    }
    if (needs != Needs::NOTHING && !initialised()) {
        return CUDA_ERROR_NOT_INITIALIZED;
    }
    if (needs == Needs::CONTEXT && current_context() == 0) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    return needs == Needs::CONTEXT ? sticky_error() : CUDA_SUCCESS;
}

// The frame of every exported function: lock, count, injected error, preconditions, and no exception into C.
template <class Body>
CUresult driver_call(Needs needs, Body body) {
    Guard hold;
    if (CUresult refused = refusal(needs)) {
        return refused;
    }
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
}

// Live objects of one kind; the handle is the object's address.
template <class T>
class Handles {
  public:
    void* add(std::shared_ptr<T> object) {
        void* handle = object.get();
        live_[handle] = std::move(object);
        return handle;
    }

    std::shared_ptr<T> find(const void* handle) const {
        auto found = live_.find(handle);
        return found == live_.end() ? nullptr : found->second;
    }

    CUresult remove(const void* handle) { return live_.erase(handle) == 1 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; }

    size_t size() const { return live_.size(); }

    template <class Visit>
    void each(Visit visit) const {
        for (const auto& entry : live_) {
            visit(*entry.second);
        }
    }

  private:
    std::map<const void*, std::shared_ptr<T>> live_;
};

using Operation = std::function<CUresult()>;

struct Graph {
    std::vector<Operation> operations;
    bool invalid = false;
};

struct Stream {
    unsigned flags = 0;
    int priority = 0;
    uintptr_t context = 0;          // where it was made
    std::shared_ptr<Graph> capture; // what it is being captured into
    bool origin = false;            // the capture began here
    int mode = 0;
    std::thread::id thread;
};

constexpr unsigned STREAM_NON_BLOCKING = 1;

Handles<Stream>& streams();
size_t live_graph_objects();
size_t live_modules();
size_t live_contexts();

// Does the operation now, or keeps it where the stream is being captured.
CUresult enqueue(CUstream stream, Operation operation);

// Captures end with the context that their streams are in.
void end_captures_of(uintptr_t context);

// CUDA_SUCCESS, or the refusal of a call that must not happen while a capture is under way (which is then spoilt).
CUresult refusal_while_capturing();

} // namespace emulated
