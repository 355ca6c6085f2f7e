// jni.cpp: the native half of dev.rectifier.engine.cuda.jni.LtNatives. Libraries and plans cross as their addresses; no
// exception does.
#include <jni.h>

#include <exception>
#include <string>

#include "plan.h"

namespace {

// Why the last call of this thread that returned 0 did so.
thread_local std::string failure;

// What the call makes, as its address; 0 where it makes nothing.
template <class Make>
jlong made(Make make) {
    failure.clear();
    try {
        return reinterpret_cast<jlong>(make().release());
    } catch (const std::exception& e) {
        failure = e.what();
        return 0;
    }
}

// Copies a Java array of exactly the structure's fields.
template <class Fields>
bool read(JNIEnv* java, jlongArray values, Fields& into) {
    constexpr jsize count = sizeof(Fields) / sizeof(jlong);
    if (java->GetArrayLength(values) != count) {
        failure = "the Java half passes another number of fields; rebuild the native half";
        return false;
    }
    java->GetLongArrayRegion(values, 0, count, reinterpret_cast<jlong*>(&into));
    return true;
}

lt::Plan* plan_at(jlong address) { return reinterpret_cast<lt::Plan*>(address); }
lt::Library* library_at(jlong address) { return reinterpret_cast<lt::Library*>(address); }

} // namespace

#define LT(method) JNICALL Java_dev_rectifier_engine_cuda_jni_LtNatives_##method

extern "C" {

JNIEXPORT jlong LT(open)(JNIEnv* java, jclass, jstring path) {
    const char* chars = java->GetStringUTFChars(path, nullptr);
    if (chars == nullptr) {
        return 0; // out of memory: Java has been told
    }
    jlong library = made([&] { return lt::Library::open(chars, failure); });
    java->ReleaseStringUTFChars(path, chars);
    return library;
}

JNIEXPORT jlong LT(version)(JNIEnv*, jclass, jlong library) {
    return static_cast<jlong>(library_at(library)->GetVersion());
}

JNIEXPORT void LT(close)(JNIEnv*, jclass, jlong library) { delete library_at(library); }

JNIEXPORT jlong LT(plan)(JNIEnv* java, jclass, jlong library, jlongArray request, jlong like) {
    return made([&]() -> std::unique_ptr<lt::Plan> {
        lt::Request fields = {};
        return read(java, request, fields) ? lt::Plan::make(*library_at(library), fields, plan_at(like), failure) : nullptr;
    });
}

JNIEXPORT jlong LT(workspaceBytes)(JNIEnv*, jclass, jlong plan) {
    return static_cast<jlong>(plan_at(plan)->workspace_bytes());
}

JNIEXPORT jint LT(run)(JNIEnv* java, jclass, jlong plan, jlongArray operands) {
    lt::Operands fields = {};
    return read(java, operands, fields) ? plan_at(plan)->run(fields) : lt::INVALID_VALUE;
}

JNIEXPORT void LT(closePlan)(JNIEnv*, jclass, jlong plan) { delete plan_at(plan); }

JNIEXPORT jstring LT(failure)(JNIEnv* java, jclass) { return java->NewStringUTF(failure.c_str()); }

} // extern "C"
