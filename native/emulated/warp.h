// warp.h: the meeting of the lanes of a warp in a vote, a shuffle or a __syncwarp.
//
// A call completes when every lane that its mask names, and that has not ended, waits in a call of the same operation
// and mask. Disjoint parts of a warp may be under way in different calls at once.
#pragma once

#include <string>

#include "device_sync.h"

namespace emulated {

constexpr int WARP_LANES = 32;

class Warp {
  public:
    void begin(int lanes); // a new block: so many lanes are alive

    void arrive(int lane, const WarpCall& call);

    // The lanes that may go on together because of this call; 0 while somebody is missing.
    unsigned complete(const WarpCall& call) const;

    // Gives each of these lanes its result. Returns what is wrong with the call, or an empty text.
    std::string finish(unsigned lanes);

    void leave(int lane) { alive_ &= ~(1u << lane); }

    unsigned waiting() const { return waiting_; }
    const WarpCall& call(int lane) const { return calls_[lane]; }
    unsigned long long result(int lane) const { return results_[lane]; }

  private:
    unsigned alive_ = 0;
    unsigned waiting_ = 0;
    WarpCall calls_[WARP_LANES] = {};
    unsigned long long results_[WARP_LANES] = {};
};

} // namespace emulated
