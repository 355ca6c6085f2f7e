// nvrtc_double.cpp: a tiny stand-in for libnvrtc.so.13, to test the forwarder with. It «compiles» a source by putting
// a line before it, and refuses one that contains #error. nvrtcGetNVVM is missing, as it is from the real library
// since version 13.
#include <cstring>
#include <string>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

enum nvrtcResult : int { NVRTC_SUCCESS = 0, NVRTC_ERROR_INVALID_PROGRAM = 4, NVRTC_ERROR_COMPILATION = 6 };

struct Program {
    std::string source;
    std::string code;
    std::string log;
};

nvrtcResult give(const std::string& text, char* target) {
    std::memcpy(target, text.c_str(), text.size() + 1);
    return NVRTC_SUCCESS;
}

nvrtcResult size(const std::string& text, size_t* bytes) {
    *bytes = text.size() + 1;
    return NVRTC_SUCCESS;
}

} // namespace

EXPORT nvrtcResult nvrtcVersion(int* major, int* minor) {
    *major = 13;
    *minor = 0;
    return NVRTC_SUCCESS;
}

EXPORT const char* nvrtcGetErrorString(int result) {
    return result == NVRTC_ERROR_COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_SUCCESS";
}

EXPORT nvrtcResult nvrtcCreateProgram(
    Program** program, const char* source, const char*, int, const char* const*, const char* const*) {
    *program = new Program{source, "", ""};
    return NVRTC_SUCCESS;
}

EXPORT nvrtcResult nvrtcDestroyProgram(Program** program) {
    delete *program;
    *program = nullptr;
    return NVRTC_SUCCESS;
}

EXPORT nvrtcResult nvrtcCompileProgram(Program* program, int count, const char* const* options) {
    bool refused = program->source.find("#error") != std::string::npos;
    program->log = refused ? "the source contains #error" : "";
    program->code = "// compiled";
    for (int i = 0; i < count; i++) {
        program->code += std::string(" ") + options[i];
    }
    program->code += "\n" + program->source;
    return refused ? NVRTC_ERROR_COMPILATION : NVRTC_SUCCESS;
}

EXPORT nvrtcResult nvrtcGetPTXSize(Program* program, size_t* bytes) { return size(program->code, bytes); }
EXPORT nvrtcResult nvrtcGetPTX(Program* program, char* code) { return give(program->code, code); }
EXPORT nvrtcResult nvrtcGetCUBINSize(Program* program, size_t* bytes) { return size(program->code, bytes); }
EXPORT nvrtcResult nvrtcGetCUBIN(Program* program, char* code) { return give(program->code, code); }
EXPORT nvrtcResult nvrtcGetProgramLogSize(Program* program, size_t* bytes) { return size(program->log, bytes); }
EXPORT nvrtcResult nvrtcGetProgramLog(Program* program, char* log) { return give(program->log, log); }
