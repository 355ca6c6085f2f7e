// registry.h: the kernels of one compiled file (one element type), and how to call each from an array of parameter
// addresses such as cuLaunchKernel gets. The tables are made by generate_module.sh.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace emulated {

// What the launcher can check about one argument before the kernel runs.
struct Argument {
    bool is_pointer;
    size_t alignment; // of what it points to
    uintptr_t value;
};

using Arguments = std::shared_ptr<const void>; // the tuple of a launch: copied, so that a graph can replay it

struct Kernel {
    const char* name;
    size_t parameters;
    Arguments (*copy)(void** addresses);
    std::vector<Argument> (*inspect)(const void* arguments);
    void (*call)(const void* arguments);
};

struct Module {
    const char* name; // <file stem>_<f32|f64>
    const Kernel* kernels;
    size_t count;
    unsigned char* shared_begin; // all static shared variables of the file; null where it has none
    unsigned char* shared_end;
};

const Module* find_module(const std::string& name);

template <class T>
Argument inspect_argument(const T& value) {
    if constexpr (!std::is_pointer_v<T>) {
        return Argument{false, 1, 0};
    } else {
        using Target = std::remove_pointer_t<T>;
        size_t alignment = 1;
        if constexpr (!std::is_void_v<Target>) {
            alignment = alignof(Target);
        }
        return Argument{true, alignment, reinterpret_cast<uintptr_t>(value)};
    }
}

template <auto Function>
struct Thunk;

template <class... Types, void (*Function)(Types...)>
struct Thunk<Function> {
    using Tuple = std::tuple<std::remove_cv_t<Types>...>;

    template <size_t... I>
    static Arguments copy_each(void** addresses, std::index_sequence<I...>) {
        auto tuple = std::make_shared<Tuple>();
        (std::memcpy(&std::get<I>(*tuple), addresses[I], sizeof(std::get<I>(*tuple))), ...);
        return tuple;
    }

    static Arguments copy([[maybe_unused]] void** addresses) {
        return copy_each(addresses, std::index_sequence_for<Types...>());
    }

    static std::vector<Argument> inspect(const void* arguments) {
        return std::apply([](const auto&... each) { return std::vector<Argument>{inspect_argument(each)...}; },
                          *static_cast<const Tuple*>(arguments));
    }

    static void call(const void* arguments) { std::apply(Function, *static_cast<const Tuple*>(arguments)); }

    static constexpr Kernel entry(const char* name) {
        return Kernel{name, sizeof...(Types), &Thunk::copy, &Thunk::inspect, &Thunk::call};
    }
};

} // namespace emulated
