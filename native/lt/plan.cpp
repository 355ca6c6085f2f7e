// plan.cpp: see plan.h. A mask's leading dimension is the number of rows of D, so it is asked for only where that is a
// multiple of 128 (cublasLt refuses others): then row after row of the row-major [N, W] block follow without a gap.
#include "plan.h"

namespace lt {

namespace {

// The value of an attribute has the attribute's own type.
template <class T, class Attribute>
Status set(Status (*setter)(Opaque, int, const void*, size_t), Opaque object, Attribute attribute, T value) {
    return setter(object, attribute, &value, sizeof(value));
}

template <class... Statuses>
bool all_well(Statuses... statuses) {
    return ((statuses == SUCCESS) && ...);
}

void* pointer(int64_t address) { return reinterpret_cast<void*>(static_cast<uintptr_t>(address)); }

bool makes_mask(int64_t epilogue) { return epilogue == EPILOGUE_RELU_AUX_BIAS; }

// While an algorithm is chosen: an address that nobody reads, aligned as those of the runs will be.
constexpr int64_t MASK_ALIGNMENT = 16;

} // namespace

std::unique_ptr<Plan> Plan::make(const Library& library, const Request& request, const Plan* like, std::string& why) {
    std::unique_ptr<Plan> plan(new Plan(library, request));
    if (!plan->describe()) {
        why = "the library does not take this description of a product";
        return nullptr;
    }
    return (like == nullptr ? plan->choose(why) : plan->adopt(*like, why)) ? std::move(plan) : nullptr;
}

Plan::~Plan() {
    for (Opaque layout : {a_, b_, d_}) {
        if (layout != nullptr) {
            library_.MatrixLayoutDestroy(layout);
        }
    }
    if (descriptor_ != nullptr) {
        library_.MatmulDescDestroy(descriptor_);
    }
}

bool Plan::describe() {
    const Request& r = request_;
    auto to = library_.MatmulDescSetAttribute;
    if (library_.MatmulDescCreate(&descriptor_, static_cast<int>(r.compute_type), static_cast<int>(r.data_type)) !=
        SUCCESS) {
        descriptor_ = nullptr;
        return false;
    }
    bool described = all_well(
        set(to, descriptor_, TRANSA, static_cast<int32_t>(r.transpose_a)),
        set(to, descriptor_, TRANSB, static_cast<int32_t>(r.transpose_b)),
        set(to, descriptor_, EPILOGUE, static_cast<uint32_t>(r.epilogue)),
        set(to, descriptor_, BIAS_BATCH_STRIDE, r.stride_bias),
        makes_mask(r.epilogue) ? set(to, descriptor_, EPILOGUE_AUX_LD, r.m) : SUCCESS,
        point({0, 0, 0, 0, r.alignment, MASK_ALIGNMENT, r.m * r.n, 0}));
    return described && lay_out(&a_, r.transpose_a != 0, r.m, r.k, r.leading_a, r.stride_a) &&
           lay_out(&b_, r.transpose_b != 0, r.k, r.n, r.leading_b, r.stride_b) &&
           lay_out(&d_, false, r.m, r.n, r.leading_d, r.stride_d);
}

// The layout of a matrix as it is stored, of which op() makes rows x columns.
bool Plan::lay_out(Opaque* layout, bool transposed, int64_t rows, int64_t columns, int64_t leading, int64_t stride) {
    auto stored_rows = static_cast<uint64_t>(transposed ? columns : rows);
    auto stored_columns = static_cast<uint64_t>(transposed ? rows : columns);
    if (library_.MatrixLayoutCreate(layout, static_cast<int>(request_.data_type), stored_rows, stored_columns, leading) !=
        SUCCESS) {
        *layout = nullptr;
        return false;
    }
    auto to = library_.MatrixLayoutSetAttribute;
    return all_well(set(to, *layout, BATCH_COUNT, static_cast<int32_t>(request_.batches)),
                    set(to, *layout, STRIDED_BATCH_OFFSET, stride));
}

Status Plan::prefer(Opaque preference) const {
    auto to = library_.MatmulPreferenceSetAttribute;
    const Request& r = request_;
    bool set_all = all_well(
        set(to, preference, MAX_WORKSPACE_BYTES, static_cast<uint64_t>(r.most_workspace_bytes)),
        set(to, preference, MIN_ALIGNMENT_A_BYTES, static_cast<uint32_t>(r.alignment)),
        set(to, preference, MIN_ALIGNMENT_B_BYTES, static_cast<uint32_t>(r.alignment)),
        set(to, preference, MIN_ALIGNMENT_C_BYTES, static_cast<uint32_t>(r.alignment)),
        set(to, preference, MIN_ALIGNMENT_D_BYTES, static_cast<uint32_t>(r.alignment)));
    return set_all ? SUCCESS : INVALID_VALUE;
}

bool Plan::choose(std::string& why) {
    Opaque preference = nullptr;
    int found = 0;
    Status status = library_.MatmulPreferenceCreate(&preference);
    if (status == SUCCESS) {
        status = prefer(preference);
        if (status == SUCCESS) {
            status = library_.MatmulAlgoGetHeuristic(
                library_.handle(), descriptor_, a_, b_, d_, d_, preference, 1, &chosen_, &found);
        }
        library_.MatmulPreferenceDestroy(preference);
    }
    bool chosen = status == SUCCESS && found == 1 && chosen_.state == SUCCESS;
    if (!chosen) {
        why = "the library has no algorithm for this product (status " + std::to_string(status) + ")";
    }
    return chosen;
}

bool Plan::adopt(const Plan& like, std::string& why) {
    Heuristic checked = {};
    Status status = library_.MatmulAlgoCheck(
        library_.handle(), descriptor_, a_, b_, d_, d_, &like.chosen_.algorithm, &checked);
    bool fits = status == SUCCESS && checked.workspace_bytes <= static_cast<size_t>(request_.most_workspace_bytes);
    if (!fits) {
        why = "the library's algorithm does not serve this epilogue (status " + std::to_string(status) + ")";
        return false;
    }
    chosen_ = like.chosen_;
    chosen_.workspace_bytes = checked.workspace_bytes;
    return true;
}

// The library reads these when the product is enqueued, so a plan may be pointed elsewhere for the next.
Status Plan::point(const Operands& o) const {
    auto to = library_.MatmulDescSetAttribute;
    Status status = set(to, descriptor_, BIAS_POINTER, pointer(o.bias));
    if (status == SUCCESS && makes_mask(request_.epilogue)) {
        bool pointed = all_well(set(to, descriptor_, EPILOGUE_AUX_POINTER, pointer(o.mask)),
                                set(to, descriptor_, EPILOGUE_AUX_BATCH_STRIDE, o.mask_stride));
        status = pointed ? SUCCESS : INVALID_VALUE;
    }
    return status;
}

Status Plan::run(const Operands& o) const {
    Status status = point(o);
    if (status != SUCCESS) {
        return status;
    }
    const float floats[] = {0, 1};
    const double doubles[] = {0, 1};
    bool narrow = request_.data_type == CUDA_R_32F;
    const void* zero = narrow ? static_cast<const void*>(&floats[0]) : &doubles[0];
    const void* one = narrow ? static_cast<const void*>(&floats[1]) : &doubles[1];
    return library_.Matmul(library_.handle(), descriptor_, one, pointer(o.a), a_, pointer(o.b), b_, zero, pointer(o.d), d_,
                           pointer(o.d), d_, &chosen_.algorithm, pointer(o.workspace), workspace_bytes(),
                           pointer(o.stream));
}

} // namespace lt
