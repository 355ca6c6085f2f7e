// probe.cpp: the library behind the test's own forwarder: a function with more arguments than there are registers.
#include <initializer_list>

extern "C" double probe_mix(
    int a, double b, int c, double d, int e, double f, int g, double h, int i, double j, int k, double l, int m,
    double n, int o, double p, double q, double r, float s) {
    double sum = 0;
    for (double each : {double(a), b, double(c), d, double(e), f, double(g), h, double(i), j, double(k), l, double(m),
                        n, double(o), p, q, r, double(s)}) {
        sum = sum * 3 + each;
    }
    return sum;
}
