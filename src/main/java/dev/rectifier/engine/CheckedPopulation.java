package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link PopulationOps} behind checks. */
record CheckedPopulation(Engine engine, PopulationOps target) implements PopulationOps {
    @Override
    public void squaredRelu(View loss, View gradient, View student, View teacher, PopulationNets nets, double scale) {
        Call call = new Call(
                engine,
                "population.squaredRelu",
                "loss",
                loss,
                "gradient",
                gradient,
                "student",
                student,
                "teacher",
                teacher);
        call.type(loss, DType.F64);
        call.shape(loss, "[R]");
        call.floating(student, gradient, teacher);
        call.shape(student, "[R, P]", nets.studentParameters());
        call.sameShape(gradient, student);
        call.shape(teacher, "[R, P of the teacher]", nets.teacherParameters());
        call.apart(loss, gradient, student, teacher);
        call.apart(gradient, student, teacher);
        target.squaredRelu(loss, gradient, student, teacher, nets, scale);
    }
}
