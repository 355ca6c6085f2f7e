// plan.h: one shape of product with one epilogue, the algorithm chosen once.
#pragma once

#include <memory>
#include <string>

#include "library.h"

namespace lt {

// What is asked for: D = op(A) op(B) with an epilogue, column-major, for each of a batch; D is m x n, the sums have k
// terms. As Java writes it, field by field (LtRequest.java).
struct Request {
    int64_t m, n, k;
    int64_t transpose_a, transpose_b;             // 0 or 1
    int64_t leading_a, leading_b, leading_d;      // elements
    int64_t batches;
    int64_t stride_a, stride_b, stride_d;         // elements, from one of the batch to the next
    int64_t stride_bias;                          // elements
    int64_t data_type, compute_type, epilogue;
    int64_t most_workspace_bytes;
    int64_t alignment; // bytes, of each operand's address
};

// Where the operands of one run are; bias and mask as the epilogue wants them, else null.
struct Operands {
    int64_t stream, a, b, d, bias, mask;
    int64_t mask_stride; // bits, from one of the batch to the next
    int64_t workspace;
};

class Plan {
  public:
    // By the library's heuristic; with `like`, that plan's algorithm, if the library says that it serves here too, so that
    // the sums have the same order. Null, and why, where the library has none.
    static std::unique_ptr<Plan> make(const Library& library, const Request& request, const Plan* like, std::string& why);

    ~Plan();
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    size_t workspace_bytes() const { return chosen_.workspace_bytes; }

    // Enqueues the product on the stream.
    Status run(const Operands& operands) const;

  private:
    Plan(const Library& library, const Request& request) : library_(library), request_(request) {}
    bool describe();
    bool lay_out(Opaque* layout, bool transposed, int64_t rows, int64_t columns, int64_t leading, int64_t stride);
    bool choose(std::string& why);
    bool adopt(const Plan& like, std::string& why);
    Status prefer(Opaque preference) const;
    Status point(const Operands& operands) const;

    const Library& library_;
    const Request request_;
    Opaque descriptor_ = nullptr;
    Opaque a_ = nullptr;
    Opaque b_ = nullptr;
    Opaque d_ = nullptr;
    Heuristic chosen_ = {};
};

} // namespace lt
