package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link ReduceOps} behind checks. */
record CheckedReduce(Engine engine, ReduceOps target) implements ReduceOps {
    @Override
    public void sum(View out, View a) {
        Call call = new Call(engine, "reduce.sum", "out", out, "a", a);
        call.floating(a);
        result(call, out, DType.F64);
        call.apart(out, a);
        target.sum(out, a);
    }

    private static void result(Call call, View out, DType dtype) {
        call.type(out, dtype);
        call.shape(out, "[R]");
    }

    @Override
    public void dot(View out, View a, View b) {
        Call call = new Call(engine, "reduce.dot", "out", out, "a", a, "b", b);
        call.floating(a, b);
        call.sameShape(b, a);
        result(call, out, DType.F64);
        call.apart(out, a, b);
        target.dot(out, a, b);
    }

    @Override
    public void moments(View mean, View m2, View x) {
        Call call = new Call(engine, "reduce.moments", "mean", mean, "m2", m2, "x", x);
        columns(call, mean, x);
        columns(call, m2, x);
        call.apart(mean, m2, x);
        call.apart(m2, x);
        target.moments(mean, m2, x);
    }

    private static void columns(Call call, View out, View x) {
        call.floating(x);
        call.rank(x, "[R, N, W]", 3);
        call.type(out, DType.F64);
        call.shape(out, "[R, W]", x.dim(2));
    }

    @Override
    public void columnSquares(View out, View x) {
        Call call = new Call(engine, "reduce.columnSquares", "out", out, "x", x);
        columns(call, out, x);
        call.apart(out, x);
        target.columnSquares(out, x);
    }

    @Override
    public void argmax(View index, View x) {
        Call call = new Call(engine, "reduce.argmax", "index", index, "x", x);
        call.floating(x);
        call.rank(x, "[R, N, K]", 3);
        call.type(index, DType.I32);
        call.shape(index, "[R, N]", x.dim(1));
        call.written(index);
        target.argmax(index, x);
    }

    @Override
    public void correct(View count, View x, View labels) {
        Call call = new Call(engine, "reduce.correct", "count", count, "x", x, "labels", labels);
        call.floating(x);
        call.rank(x, "[R, N, K]", 3);
        call.type(labels, DType.I32);
        call.shape(labels, "[R, N]", x.dim(1));
        result(call, count, DType.I32);
        call.apart(count, labels);
        target.correct(count, x, labels);
    }

    @Override
    public void correlation(View rho, View teacher, View student) {
        Call call = new Call(engine, "reduce.correlation", "rho", rho, "teacher", teacher, "student", student);
        call.floating(teacher, student);
        call.rank(teacher, "[R, N, T]", 3);
        call.rank(student, "[R, N, S]", 3);
        call.shape(student, "[R, N, S]", teacher.dim(1), student.dim(2));
        call.type(rho, DType.F64);
        call.shape(rho, "[R, T, S]", teacher.dim(2), student.dim(2));
        call.apart(rho, teacher, student);
        target.correlation(rho, teacher, student);
    }
}
