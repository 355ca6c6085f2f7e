// warp.cpp: see warp.h.
#include "warp.h"

namespace emulated {

namespace {

// Calls on the lowest lane of a set until the set is empty.
template <class Visit>
void for_each_lane(unsigned lanes, Visit visit) {
    for (; lanes != 0; lanes &= lanes - 1) {
        visit(__builtin_ctz(lanes));
    }
}

} // namespace

void Warp::begin(int lanes) {
    alive_ = lanes >= WARP_LANES ? ~0u : (1u << lanes) - 1;
    waiting_ = 0;
}

void Warp::arrive(int lane, const WarpCall& call) {
    calls_[lane] = call;
    waiting_ |= 1u << lane;
}

unsigned Warp::complete(const WarpCall& call) const {
    unsigned lanes = call.mask & alive_;
    if ((waiting_ & lanes) != lanes) {
        return 0;
    }
    bool same = true;
    for_each_lane(lanes, [&](int lane) {
        same = same && calls_[lane].mask == call.mask && calls_[lane].operation == call.operation;
    });
    return same ? lanes : 0;
}

std::string Warp::finish(unsigned lanes) {
    unsigned long long ballot = 0;
    std::string fault;
    waiting_ &= ~lanes;
    for_each_lane(lanes, [&](int lane) { ballot |= (calls_[lane].value & 1) << lane; });
    for_each_lane(lanes, [&](int lane) {
        const WarpCall& call = calls_[lane];
        if (call.operation == WarpOperation::VOTE) {
            results_[lane] = ballot;
        } else if (call.operation == WarpOperation::SHUFFLE && (lanes >> call.source & 1u) != 0) {
            results_[lane] = calls_[call.source].value;
        } else if (call.operation == WarpOperation::SHUFFLE) {
            fault = "lane " + std::to_string(lane) + " reads lane " + std::to_string(call.source) +
                    ", which takes no part in the call, in " + call.site.what + " at " + call.site.file + ":" +
                    std::to_string(call.site.line);
        }
    });
    return fault;
}

} // namespace emulated
