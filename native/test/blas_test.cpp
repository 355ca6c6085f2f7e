// blas_test.cpp: the cuBLAS double on emulated device memory, against products written anew and from the other side:
// the entries are small whole numbers, so every order of summation gives the same bits.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "check.h"
#include "cublas_api.h"
#include "driver_api.h"

namespace {

const Library& cublas() {
    static Library library(std::getenv("CUBLAS_UNDER_TEST"));
    return library;
}

class BlasHandle {
  public:
    BlasHandle() { cublas().function<Create>("cublasCreate_v2")(&handle_); }
    ~BlasHandle() { cublas().function<Destroy>("cublasDestroy_v2")(handle_); }
    void* get() const { return handle_; }

  private:
    void* handle_ = nullptr;
};

template <class T>
std::vector<T> whole_numbers(size_t count, unsigned seed) {
    std::vector<T> values(count);
    for (T& value : values) {
        seed = seed * 1664525u + 1013904223u;
        value = T(int(seed >> 28)) - T(8);
    }
    return values;
}

struct Case {
    int ta, tb, m, n, k, pad; // pad: how much a leading dimension exceeds the rows
};

// Row i, column j of op(X), X stored by columns.
template <class T>
T element(const std::vector<T>& x, size_t first, int leading, int transpose, int i, int j) {
    return x[first + size_t(transpose != 0 ? j + i * leading : i + j * leading)];
}

template <class T>
bool strided_product_is_right(const Case& t, const char* name, T alpha, T beta, int batches) {
    Context context;
    BlasHandle blas;
    int lda = std::max(1, (t.ta != 0 ? t.k : t.m) + t.pad);
    int ldb = std::max(1, (t.tb != 0 ? t.n : t.k) + t.pad);
    int ldc = t.m + t.pad;
    size_t size_a = size_t(lda) * size_t(t.ta != 0 ? t.m : t.k);
    size_t size_b = size_t(ldb) * size_t(t.tb != 0 ? t.k : t.n);
    size_t size_c = size_t(ldc) * size_t(t.n);
    std::vector<T> a = whole_numbers<T>(size_a * size_t(batches), 1);
    std::vector<T> b = whole_numbers<T>(size_b * size_t(batches), 2);
    std::vector<T> c = whole_numbers<T>(size_c * size_t(batches), 3);
    DeviceArray<T> da(a), db(b), dc(c);
    int status = cublas().function<StridedGemm<T>>(name)(
        blas.get(), t.ta, t.tb, t.m, t.n, t.k, &alpha, reinterpret_cast<T*>(da.address()), lda, (long long)size_a,
        reinterpret_cast<T*>(db.address()), ldb, (long long)size_b, &beta, reinterpret_cast<T*>(dc.address()), ldc,
        (long long)size_c, batches);
    for (int batch = 0; batch < batches; batch++) {
        for (int i = 0; i < t.m; i++) {
            for (int j = 0; j < t.n; j++) {
                T sum = 0;
                for (int p = t.k - 1; p >= 0; p--) {
                    sum += element(a, batch * size_a, lda, t.ta, i, p) * element(b, batch * size_b, ldb, t.tb, p, j);
                }
                T& target = c[batch * size_c + size_t(i + j * ldc)];
                target = alpha * sum + beta * target;
            }
        }
    }
    return status == 0 && dc.values() == c && cuCtxSynchronize() == 0; // the padding is untouched too
}

template <class T>
void products_are_right(const char* name) {
    for (int ta = 0; ta < 3; ta++) {
        for (int tb = 0; tb < 3; tb++) {
            CHECK((strided_product_is_right<T>({ta, tb, 5, 7, 3, 0}, name, T(1), T(0), 1)));
            CHECK((strided_product_is_right<T>({ta, tb, 4, 1, 6, 2}, name, T(2), T(-1), 3)));
        }
    }
    CHECK((strided_product_is_right<T>({0, 0, 3, 2, 0, 0}, name, T(1), T(2), 1))); // nothing to sum: C scaled
}

} // namespace

TEST(strided_products_of_floats) { products_are_right<float>("cublasSgemmStridedBatched"); }
TEST(strided_products_of_doubles) { products_are_right<double>("cublasDgemmStridedBatched"); }

TEST(a_single_product_is_its_batch_of_one) {
    Context context;
    BlasHandle blas;
    DeviceArray<double> a(std::vector<double>{1, 2, 3, 4, 5, 6}); // 2 x 3 by columns
    DeviceArray<double> b(std::vector<double>{1, 0, 2});
    DeviceArray<double> c(2); // poisoned: beta 0 must not read it
    double one = 1, zero = 0;
    auto gemm = cublas().function<Gemm<double>>("cublasDgemm_v2");
    CHECK(gemm(blas.get(), 0, 0, 2, 1, 3, &one, reinterpret_cast<double*>(a.address()), 2,
               reinterpret_cast<double*>(b.address()), 3, &zero, reinterpret_cast<double*>(c.address()), 2) == 0);
    CHECK(c.values() == (std::vector<double>{11, 14}));
}

TEST(a_matrix_times_a_strided_vector) {
    Context context;
    BlasHandle blas;
    DeviceArray<float> a(std::vector<float>{1, 2, 3, 4, 5, 6}); // 2 x 3 by columns
    DeviceArray<float> x(std::vector<float>{1, 99, 2, 99, 3});
    DeviceArray<float> y(std::vector<float>{10, 20});
    DeviceArray<float> z(3);
    float one = 1, two = 2, zero = 0;
    auto gemv = cublas().function<Gemv<float>>("cublasSgemv_v2");
    auto pointer = [](DeviceArray<float>& array) { return reinterpret_cast<float*>(array.address()); };
    CHECK(gemv(blas.get(), 0, 2, 3, &one, pointer(a), 2, pointer(x), 2, &two, pointer(y), 1) == 0);
    CHECK(y.values() == (std::vector<float>{22 + 20, 28 + 40}));
    CHECK(gemv(blas.get(), 1, 2, 3, &one, pointer(a), 2, pointer(y), 1, &zero, pointer(z), 1) == 0);
    CHECK(z.values() == (std::vector<float>{178, 398, 618}));
}

TEST(vector_operations) {
    Context context;
    BlasHandle blas;
    DeviceArray<double> x(std::vector<double>{3, 0, 4, 0});
    DeviceArray<double> y(std::vector<double>{1, 2, 3, 4});
    auto* px = reinterpret_cast<double*>(x.address());
    auto* py = reinterpret_cast<double*>(y.address());
    double result = 0, factor = 2;
    CHECK(cublas().function<Dot<double>>("cublasDdot_v2")(blas.get(), 4, px, 1, py, 1, &result) == 0 && result == 15);
    CHECK(cublas().function<Dot<double>>("cublasDdot_v2")(blas.get(), 4, px, 1, py, -1, &result) == 0 && result == 20);
    auto nrm2 = cublas().function<int(void*, int, const double*, int, double*)>("cublasDnrm2_v2");
    CHECK(nrm2(blas.get(), 2, px, 2, &result) == 0);
    CHECK(result == 5);
    CHECK(cublas().function<Axpy<double>>("cublasDaxpy_v2")(blas.get(), 4, &factor, px, 1, py, 1) == 0);
    CHECK(y.values() == (std::vector<double>{7, 2, 11, 4}));
    auto scal = cublas().function<int(void*, int, const double*, double*, int)>("cublasDscal_v2");
    CHECK(scal(blas.get(), 2, &factor, py, 2) == 0);
    CHECK(y.values() == (std::vector<double>{14, 2, 22, 4}));
}

TEST(wrong_calls_are_refused) {
    Context context;
    BlasHandle blas;
    DeviceArray<double> a(std::vector<double>(9, 1.0));
    auto* p = reinterpret_cast<double*>(a.address());
    double one = 1;
    auto gemm = cublas().function<Gemm<double>>("cublasDgemm_v2");
    CHECK(gemm(nullptr, 0, 0, 3, 3, 3, &one, p, 3, p, 3, &one, p, 3) == 1);       // no handle
    CHECK(gemm(blas.get(), 0, 0, 3, 3, 3, &one, p, 2, p, 3, &one, p, 3) == 7);    // leading dimension below rows
    CHECK(gemm(blas.get(), 0, 0, -1, 3, 3, &one, p, 3, p, 3, &one, p, 3) == 7);
    CHECK(gemm(blas.get(), 5, 0, 3, 3, 3, &one, p, 3, p, 3, &one, p, 3) == 7);
    CHECK(gemm(blas.get(), 0, 0, 3, 4, 3, &one, p, 3, p, 3, &one, p, 3) == 13);   // B and C reach past their memory
    double host[9] = {};
    CHECK(gemm(blas.get(), 0, 0, 3, 3, 3, &one, host, 3, p, 3, &one, p, 3) == 13);
    CHECK(cublas().function<int()>("cublasZher2k_v2")() == 15);                   // known by name only
}

TEST(a_product_is_captured_with_its_stream) {
    Context context;
    BlasHandle blas;
    DeviceArray<double> x(std::vector<double>{1});
    DeviceArray<double> y(std::vector<double>{0});
    auto* px = reinterpret_cast<double*>(x.address());
    auto* py = reinterpret_cast<double*>(y.address());
    double factor = 3;
    void *stream = nullptr, *graph = nullptr, *executable = nullptr;
    CHECK(cuStreamCreate(&stream, 1) == 0 && cuStreamBeginCapture_v2(stream, 0) == 0);
    CHECK(cublas().function<int(void*, void*)>("cublasSetStream_v2")(blas.get(), stream) == 0);
    CHECK(cublas().function<Axpy<double>>("cublasDaxpy_v2")(blas.get(), 1, &factor, px, 1, py, 1) == 0);
    factor = 100; // in host pointer mode the scalar was read at the call
    CHECK(cuStreamEndCapture(stream, &graph) == 0 && cuGraphInstantiateWithFlags(&executable, graph, 0) == 0);
    CHECK(y.values()[0] == 0);
    CHECK(cuGraphLaunch(executable, stream) == 0 && cuGraphLaunch(executable, stream) == 0 && y.values()[0] == 6);
    CHECK(cuGraphExecDestroy(executable) == 0 && cuGraphDestroy(graph) == 0 && cuStreamDestroy_v2(stream) == 0);
}

TEST(symbols_have_the_version_that_jcublas_asks_for) {
    std::string path = std::getenv("CUBLAS_UNDER_TEST");
    CHECK(cublas().has_version("cublasSgemm_v2", path.substr(path.rfind('/') + 1).c_str()));
}

int main() { return check::run_all(); }
