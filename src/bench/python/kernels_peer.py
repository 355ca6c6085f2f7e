#!/usr/bin/env python3
"""Single kernels of PyTorch, for the suite ``kernels`` of ``rectifier bench``. See README.md for the protocol."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

import peer
from peer import Clock, Files, Refusal
from torch_peer import _forget, _on_gpu, _settle, _torch, _wait

GRAPH = 16
REDUCED = ("float16", "bfloat16")
HYPER = {"rate": 0.01, "momentum": 0.9, "beta2": 0.999, "stride": 1, "padding": 0}
CONVOLUTION = 9

Tensors = list[Any]
Launch = Callable[[Tensors, dict[str, float]], Tensors]


@dataclass(frozen=True)
class Operation:
    """A kernel: shapes of its inputs from the case's shape, and a launch that returns its outputs.

    ``axes`` is how many numbers the shape must have, 0 for any; ``positive`` the input that must not be negative;
    ``compiled`` whether there is something for a compiler to join.
    """

    inputs: Callable[[list[int]], list[list[int]]]
    launch: Launch
    axes: int = 0
    positive: int = -1
    cudnn: Launch | None = None
    compiled: bool = False


def _same(count: int) -> Callable[[list[int]], list[list[int]]]:
    return lambda shape: [shape] * count


def _copy(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [x[0].clone()]


def _mask(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [x[0] * x[1]]


def _relu(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [x[0].relu()]


def _relu_backward(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [_torch().ops.aten.threshold_backward(x[0], x[1], 0)]


def _column_sum(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [x[0].sum(1)]


def _sgd(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [x[0].add_(x[1], alpha=-hyper["rate"])]


def _momentum(x: Tensors, hyper: dict[str, float]) -> Tensors:
    w, g, m = x
    _torch()._fused_sgd_([w], [g], [m], weight_decay=0.0, momentum=hyper["momentum"], lr=hyper["rate"],
                         dampening=0.0, nesterov=False, maximize=False, is_first_step=False)  # fmt: skip
    return [w, m]


def _adam(x: Tensors, hyper: dict[str, float]) -> Tensors:
    w, g, m, v, step = x
    _torch()._fused_adam_([w], [g], [m], [v], [], [step], lr=hyper["rate"], beta1=hyper["momentum"],
                          beta2=hyper["beta2"], weight_decay=0.0, eps=hyper.get("epsilon", 1e-8), amsgrad=False,
                          maximize=False)  # fmt: skip
    return [w, m, v]


def _norm(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return list(_torch().native_batch_norm(*x, None, None, True, 0.1, hyper.get("epsilon", 1e-5)))


def _norm_cudnn(x: Tensors, hyper: dict[str, float]) -> Tensors:
    lifted = [x[0][:, :, None, None], *x[1:]]
    y, mean, root, _ = _torch().ops.aten.cudnn_batch_norm(*lifted, None, None, True, 0.1, hyper.get("epsilon", 1e-5))
    return [y[:, :, 0, 0], mean, root]


def _norm_backward(x: Tensors, hyper: dict[str, float]) -> Tensors:
    dy, values, scale, mean, root = x
    backward = _torch().ops.aten.native_batch_norm_backward
    return list(backward(dy, values, scale, None, None, mean, root, True, hyper.get("epsilon", 1e-5), [True] * 3))


def _norm_relu(x: Tensors, hyper: dict[str, float]) -> Tensors:
    y, mean, root = _norm(x, hyper)
    return [y.relu_(), mean, root]


def _norm_relu_cudnn(x: Tensors, hyper: dict[str, float]) -> Tensors:
    y, mean, root = _norm_cudnn(x, hyper)
    return [y.relu_(), mean, root]


def _norm_relu_backward(x: Tensors, hyper: dict[str, float]) -> Tensors:
    dy, values, scale, mean, root, y = x
    return _norm_backward([_relu_backward([dy, y], hyper)[0], values, scale, mean, root], hyper)


def _convolution(x: Tensors, hyper: dict[str, float]) -> Tensors:
    return [_torch().conv2d(x[0], x[1], stride=int(hyper["stride"]), padding=int(hyper["padding"]))]


def _convolution_backward(dy: Any, x: Any, w: Any, hyper: dict[str, float], wanted: int) -> Tensors:
    """One gradient alone; an operand that only lends its shape may be without memory."""
    stride, padding = [int(hyper["stride"])] * 2, [int(hyper["padding"])] * 2
    mask = [number == wanted for number in range(3)]
    backward = _torch().ops.aten.convolution_backward
    return [backward(dy, x, w, None, stride, padding, [1, 1], False, [0, 0], 1, mask)[wanted]]


def _convolution_input_gradient(x: Tensors, hyper: dict[str, float]) -> Tensors:
    dy, w = x
    size = [dy.shape[0], w.shape[1], int(hyper["height"]), int(hyper["width"])]
    return _convolution_backward(dy, dy.new_empty(1).expand(size), w, hyper, 0)


def _convolution_weight_gradient(x: Tensors, hyper: dict[str, float]) -> Tensors:
    dy, values = x
    size = [dy.shape[1], values.shape[1], int(hyper["kernel_height"]), int(hyper["kernel_width"])]
    return _convolution_backward(dy, values, dy.new_empty(1).expand(size), hyper, 1)


def _matmul(x: Tensors, hyper: dict[str, float]) -> Tensors:
    a, b = x
    return [_torch().mm(a[0], b[0])[None] if len(a) == 1 else _torch().bmm(a, b)]


def _norm_inputs(shape: list[int]) -> list[list[int]]:
    return [shape, shape[1:], shape[1:]]


def _norm_backward_inputs(shape: list[int]) -> list[list[int]]:
    return [shape, shape, *[shape[1:]] * 3]


def _norm_relu_backward_inputs(shape: list[int]) -> list[list[int]]:
    return [*_norm_backward_inputs(shape), shape]


def _convolved(*names: str) -> Callable[[list[int]], list[list[int]]]:
    """Inputs by name from the shape [N, C, H, W, K, kh, kw, Ho, Wo]."""

    def inputs(shape: list[int]) -> list[list[int]]:
        n, c, h, w, k, kh, kw, ho, wo = shape
        extents = {"x": [n, c, h, w], "w": [k, c, kh, kw], "dy": [n, k, ho, wo]}
        return [extents[name] for name in names]

    return inputs


def _extents(shape: list[int]) -> dict[str, int]:
    """What a gradient's operands do not say of it."""
    names = ["height", "width", "", "kernel_height", "kernel_width"]
    return dict(zip(names, shape[2:7])) if len(shape) == CONVOLUTION else {}


def _matmul_inputs(shape: list[int]) -> list[list[int]]:
    r, m, k, n = shape
    return [[r, m, k], [r, k, n]]


OPERATIONS = {
    "copy": Operation(_same(1), _copy),
    "relu-forward": Operation(_same(1), _relu),
    "relu-backward": Operation(_same(2), _relu_backward),
    "mask": Operation(_same(2), _mask),
    "column-sum": Operation(_same(1), _column_sum, 3),
    "sgd": Operation(_same(2), _sgd, 1),
    "momentum": Operation(_same(3), _momentum, 1),
    "adam": Operation(_same(4), _adam, 1, 3),
    "batchnorm-forward": Operation(_norm_inputs, _norm, 2, cudnn=_norm_cudnn),
    "batchnorm-backward": Operation(_norm_backward_inputs, _norm_backward, 2, 4),
    "batchnorm-relu-forward": Operation(_norm_inputs, _norm_relu, 2, cudnn=_norm_relu_cudnn, compiled=True),
    "batchnorm-relu-backward": Operation(_norm_relu_backward_inputs, _norm_relu_backward, 2, 4, compiled=True),
    "convolution-forward": Operation(_convolved("x", "w"), _convolution, CONVOLUTION),
    "convolution-input-gradient": Operation(_convolved("dy", "w"), _convolution_input_gradient, CONVOLUTION),
    "convolution-weight-gradient": Operation(_convolved("dy", "x"), _convolution_weight_gradient, CONVOLUTION),
    "matmul": Operation(_matmul_inputs, _matmul, 4),
    "randn": Operation(_same(1), lambda x, hyper: [x[0].normal_()], 1),
}


class Kernel:
    """A prepared case: its operands, as many copies as cold caches need, and its launch."""

    def __init__(self, variant: str, case: dict[str, Any]) -> None:
        self.name, self.shape = str(case["op"]), list(case["shape"])
        self.operation = OPERATIONS[self.name]
        self.hyper = {**HYPER, **_extents(self.shape), **case.get("hyper", {})}
        self._dtype = getattr(_torch(), case.get("dtype", "float32"))
        self._launch = self._way(variant)
        self._given = self._read(case)
        sets = self._copies(int(case.get("cold_bytes", 0)))
        self._sets = [self.operands() for _ in range(sets)]
        self._turn = itertools.cycle(self._sets)
        self._graph = self._capture() if variant.endswith("graph") else None
        self.multiple = 1 if self._graph is None else self.captured

    def _way(self, variant: str) -> Launch:
        """cuDNN chooses a convolution's algorithm by trying them all; whatever is slow to begin with is not timed."""
        _torch().backends.cudnn.benchmark = self.name.startswith("convolution")
        if variant == "cudnn" and self.operation.cudnn is not None:
            return self.operation.cudnn
        if variant.startswith("compile"):
            return _torch().compile(self.operation.launch, fullgraph=True, dynamic=False)
        return self.operation.launch

    def _read(self, case: dict[str, Any]) -> list[np.ndarray]:
        shapes = self.operation.inputs(self.shape)
        if "data" not in case or self.name == "randn":
            return self._drawn(shapes)
        with np.load(case["data"]) as file:
            arrays = [file[f"in{number}"] for number in range(len(shapes)) if f"in{number}" in file.files]
        if [list(array.shape) for array in arrays] != shapes:
            raise Refusal(f"The inputs are {[list(a.shape) for a in arrays]}, not {shapes}.")
        return arrays

    def _drawn(self, shapes: list[list[int]]) -> list[np.ndarray]:
        random = np.random.default_rng(1)
        arrays = [random.standard_normal(shape, np.float32) for shape in shapes]
        if self.operation.positive >= 0:
            arrays[self.operation.positive] = np.abs(arrays[self.operation.positive])
        return arrays

    def _copies(self, cold_bytes: int) -> int:
        one = sum(array.size for array in self._given) * _torch().empty((), dtype=self._dtype).element_size()
        return max(1, -(-cold_bytes // max(1, one)))

    def operands(self) -> Tensors:
        """Fresh operands on the device."""
        torch = _torch()
        device = "cuda" if _on_gpu() else "cpu"
        made = [torch.from_numpy(np.array(array, order="C")).to(device, self._dtype) for array in self._given]
        return made + ([torch.ones((), device=device)] if self.name == "adam" else [])

    def once(self) -> list[np.ndarray]:
        """The outputs of one launch on fresh operands."""
        results = self._launch(self.operands(), self.hyper)
        reduced = self._dtype in (getattr(_torch(), name) for name in REDUCED)
        return [(result.float() if reduced else result).cpu().numpy() for result in results]

    def _capture(self) -> Any:
        torch = _torch()
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._launch(next(self._turn), self.hyper)
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        self.captured = -(-len(self._sets) // GRAPH) * GRAPH
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for _ in range(self.captured):
                self._launch(next(self._turn), self.hyper)
        return graph

    def run(self, launches: int) -> None:
        """Enqueues so many launches."""
        if self._graph is not None:
            while launches >= self.captured:
                self._graph.replay()
                launches -= self.captured
        for _ in range(launches):
            self._launch(next(self._turn), self.hyper)


class KernelsPeer(peer.Peer):
    """One kernel at a time on the GPU, or on the CPU where there is none."""

    def __init__(self) -> None:
        self._kernel: Kernel | None = None
        self._files = Files()

    def hello(self) -> dict[str, Any]:
        torch, gpu = _torch(), _on_gpu()
        versions = {"python": peer.python_version(), "numpy": np.__version__, "torch": torch.__version__}
        if gpu:
            versions |= {"cuda": torch.version.cuda, "cudnn": str(torch.backends.cudnn.version())}
        device = torch.cuda.get_device_name() if gpu else "cpu"
        return {"name": "torch-kernels", "versions": versions, "device": device, "variants": _variants(),
                "kinds": ["kernel"], "ops": list(OPERATIONS)}  # fmt: skip

    def prepare(self, variant: str, case: dict[str, Any], threads: int | None) -> dict[str, Any]:
        began = time.perf_counter()
        _check(variant, case)
        _settle(variant + ("-tf32" if case.get("tf32") else ""), threads)
        with _torch().no_grad():
            kernel = Kernel(variant, case)
            with Clock() as clock:
                kernel.run(2 * kernel.multiple)
                _wait()
        self._kernel = kernel
        spent = time.perf_counter() - began
        return {"ready": True, "compile_s": spent - clock.seconds, "first_call_s": clock.seconds,
                "multiple": kernel.multiple, "chosen": ""}  # fmt: skip

    def verify(self, steps: int, out: str | None) -> dict[str, Any]:
        with _torch().no_grad():
            results = self._held().once()
        path = self._files.path(out, "results.npz")
        np.savez(path, **{f"out{number}": result for number, result in enumerate(results)})
        return {"results": path}

    def time(self, steps: int) -> dict[str, Any]:
        kernel = self._held()
        with _torch().no_grad():
            kernel.run(kernel.multiple)
            _wait()
            before, after = _events()
            with Clock() as clock:
                before.record()
                kernel.run(steps)
                after.record()
                _wait()
        times = {"seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds, "steps": steps}
        return {**times, "device_seconds": before.elapsed_time(after) / 1e3} if _on_gpu() else times

    def _held(self) -> Kernel:
        if self._kernel is None:
            raise Refusal("No case is prepared.")
        return self._kernel

    def release(self) -> None:
        if self._kernel is not None:
            self._kernel = None
            _forget()


class NoEvent:
    """In place of an event, where host and device are one."""

    def record(self) -> None:
        """Marks nothing."""


def _events() -> tuple[Any, Any]:
    """Two marks on the device's clock, made before the wall's clock is looked at."""
    if not _on_gpu():
        return NoEvent(), NoEvent()
    return _torch().cuda.Event(enable_timing=True), _torch().cuda.Event(enable_timing=True)


def _variants() -> list[str]:
    return ["eager", *(["graph", "cudnn", "compile", "compile-graph"] if _on_gpu() else [])]


def _check(variant: str, case: dict[str, Any]) -> None:
    if variant not in _variants():
        raise Refusal(f"There is no variant {variant} on this machine; known are {', '.join(_variants())}.")
    if case.get("kind") != "kernel":
        raise Refusal(f"This script runs cases of kind kernel, not {case.get('kind')}.")
    operation, shape = OPERATIONS.get(str(case.get("op"))), case.get("shape")
    if operation is None:
        raise Refusal(f"There is no kernel {case.get('op')}; known are {', '.join(OPERATIONS)}.")
    if not isinstance(shape, list) or not shape or not all(isinstance(n, int) and n > 0 for n in shape):
        raise Refusal(f"The shape must be a list of whole numbers above 0, not {shape}.")
    if operation.axes not in (0, len(shape)):
        raise Refusal(f"The kernel {case['op']} needs a shape of {operation.axes} numbers, not {shape}.")
    if variant == "cudnn" and operation.cudnn is None:
        raise Refusal(f"There is no cuDNN path of {case['op']}.")
    if variant.startswith("compile") and not operation.compiled:
        raise Refusal(f"There is nothing to be joined by a compiler in {case['op']}.")
    _check_type_and_memory(case, operation, shape)


def _check_type_and_memory(case: dict[str, Any], operation: Operation, shape: list[int]) -> None:
    if case.get("dtype", "float32") not in ("float32", "float64", *REDUCED):
        raise Refusal(f"There is no dtype {case['dtype']}; known are float32, float64, float16, bfloat16.")
    numbers = sum(int(np.prod(one, dtype=object)) for one in operation.inputs(shape))
    peer.check_host_memory(8 * numbers)


if __name__ == "__main__":
    peer.serve(KernelsPeer())
