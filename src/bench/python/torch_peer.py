#!/usr/bin/env python3
"""Ensembles of students in PyTorch, for ``rectifier bench``. See README.md for the protocol."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import Any, Callable

import numpy as np

import peer
import students
from peer import Clock, Files, Refusal
from students import Arrays, Case

CPU_VARIANTS = ("eager-autograd", "eager-manual", "compile")
GPU_VARIANTS = ("graph", "compile-reduce-overhead", "compile-graph", "graph-tf32", "compile-graph-tf32")
LAST_WIDTH = 64


class TorchPeer(peer.Peer):
    """One case at a time on the GPU, or on the CPU where there is none."""

    def __init__(self) -> None:
        self._runner: Any = None
        self._files = Files()
        self._dtype = "float32"

    def hello(self) -> dict[str, Any]:
        torch = _torch()
        gpu = _on_gpu()
        versions = {"python": peer.python_version(), "numpy": np.__version__, "torch": torch.__version__}
        versions |= {"cuda": torch.version.cuda} if gpu else {}
        device = torch.cuda.get_device_name() if gpu else "cpu"
        return {"name": "torch", "versions": versions, "device": device, "variants": _variants(gpu), "kinds": ["students"]}

    def prepare(self, variant: str, case: dict[str, Any], threads: int | None) -> dict[str, Any]:
        began = time.perf_counter()
        torch, gpu = _torch(), _on_gpu()
        if variant not in _variants(gpu):
            raise Refusal(f"There is no variant {variant} on this machine; known are {', '.join(_variants(gpu))}.")
        parsed = students.parse(case)
        if not gpu:
            peer.check_host_memory(parsed.bytes_needed())
        _settle(variant, threads)
        self._case = parsed
        with torch.no_grad():
            chosen, self._runner = _build(variant, parsed, students.load(parsed))
            first_call = self._first_call()
        spent = time.perf_counter() - began
        multiple = self._runner.multiple
        return {"ready": True, "compile_s": spent - first_call, "first_call_s": first_call, "multiple": multiple, "chosen": chosen}

    def _first_call(self) -> float:
        with Clock() as clock:
            self._runner.run(2 * self._runner.multiple)
            _wait()
        self._runner.reset()
        return clock.seconds

    def verify(self, steps: int, out: str | None) -> dict[str, Any]:
        runner = self._held()
        if self._case.stream:
            raise Refusal("A stream cannot be verified, for its inputs are the library's own; verify the case with a set.")
        with _torch().no_grad():
            runner.reset()
            runner.run(steps)
            _wait()
        path = self._files.path(out, "weights.npy")
        np.save(path, students.pack(runner.students.export()))
        return {"weights": path}

    def time(self, steps: int) -> dict[str, Any]:
        runner = self._held()
        with _torch().no_grad():
            runner.align()
            _wait()
            with Clock() as clock:
                runner.run(steps)
                _wait()
        return {"seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds, "steps": steps}

    def _held(self) -> Any:
        if self._runner is None:
            raise Refusal("No case is prepared.")
        return self._runner

    def release(self) -> None:
        if self._runner is None:
            return
        self._runner = None
        _forget()


def _torch() -> Any:
    try:
        import torch
    except ImportError as failure:
        raise Refusal(f"PyTorch cannot be imported: {failure}.") from failure
    return torch


def _on_gpu() -> bool:
    return not peer.wants_cpu() and _torch().cuda.is_available()


def _variants(gpu: bool) -> list[str]:
    return [*CPU_VARIANTS, *(GPU_VARIANTS if gpu else ())]


def _wait() -> None:
    if _on_gpu():
        _torch().cuda.synchronize()


def _forget() -> None:
    """Gives compiled functions, graphs and cached memory back."""
    if "torch._dynamo" in sys.modules:
        _torch()._dynamo.reset()
    gc.collect()
    if _on_gpu():
        _torch().cuda.empty_cache()


def _settle(variant: str, threads: int | None) -> None:
    """Threads and the kind of products, before anything is compiled."""
    torch = _torch()
    torch.set_num_threads(threads or len(os.sched_getaffinity(0)))
    tf32 = variant.endswith("-tf32")
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    if variant.startswith("compile") and not _on_gpu():
        import torch._inductor.config as inductor

        inductor.compile_threads = 1


def _build(variant: str, case: Case, arrays: Arrays) -> tuple[str, Any]:
    """The runner, or the fastest of several, and what it is called where there was a choice."""
    makers = _makers(variant.removesuffix("-tf32"), case, arrays)
    if len(makers) == 1:
        return "", next(iter(makers.values()))()
    times = {}
    for name, make in makers.items():
        runner = make()
        times[name] = _trial(runner)
        del runner
        gc.collect()
    chosen = min(times, key=times.__getitem__)
    return chosen, makers[chosen]()


def _trial(runner: Any) -> float:
    """Seconds of a step: the least of three short runs."""
    runner.run(16)
    seconds = []
    for _ in range(3):
        _wait()
        with Clock() as clock:
            runner.run(64)
            _wait()
        seconds.append(clock.seconds)
    return min(seconds)


def _makers(variant: str, case: Case, arrays: Arrays) -> dict[str, Callable[[], Any]]:
    if variant.startswith("compile"):
        return {name: _compiled(variant, case, arrays, last) for name, last in _compiled_styles(case).items()}
    if variant == "eager-autograd":
        return {"": lambda: _autograd(case, arrays)}
    from torch_steps import PRODUCTS

    styles = list(PRODUCTS) if case.batch == 1 else list(PRODUCTS)[:1]
    return {style: _manual(variant, case, arrays, style) for style in styles}


def _compiled_styles(case: Case) -> dict[str, bool]:
    styles = {"batched products": False}
    if case.replicas > 1 and max(case.widths) <= LAST_WIDTH:
        styles["replicas last, multiply and add up"] = True
    return styles


def _autograd(case: Case, arrays: Arrays) -> Any:
    from torch_feed import make_feed
    from torch_runners import CHUNK, EagerRunner
    from torch_steps import AutogradStudents

    device = _device()
    return EagerRunner(AutogradStudents(case, arrays, device), make_feed(case, arrays, device, CHUNK, False, False))


def _manual(variant: str, case: Case, arrays: Arrays, style: str) -> Callable[[], Any]:
    from torch_feed import make_feed
    from torch_runners import CHUNK, EagerRunner
    from torch_steps import ManualStudents

    def make() -> Any:
        device = _device()
        feed = make_feed(case, arrays, device, CHUNK, case.bias, False)
        runner = EagerRunner(ManualStudents(case, arrays, device, style), feed)
        return _captured(runner) if variant == "graph" else runner

    return make


def _compiled(variant: str, case: Case, arrays: Arrays, last: bool) -> Callable[[], Any]:
    from torch_compiled import CompiledStudents
    from torch_feed import make_feed
    from torch_runners import CHUNK, CompiledRunner

    mode = "reduce-overhead" if variant == "compile-reduce-overhead" else "max-autotune-no-cudagraphs"

    def make() -> Any:
        device = _device()
        feed = make_feed(case, arrays, device, CHUNK, False, last)
        runner = CompiledRunner(CompiledStudents(case, arrays, device, last), feed, mode)
        return _captured(runner) if variant == "compile-graph" else runner

    return make


def _captured(inner: Any) -> Any:
    from torch_runners import GraphRunner

    runner = GraphRunner(inner)
    runner.capture()
    runner.reset()
    return runner


def _device() -> Any:
    return _torch().device("cuda" if _on_gpu() else "cpu")


if __name__ == "__main__":
    peer.serve(TorchPeer())
