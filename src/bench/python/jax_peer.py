#!/usr/bin/env python3
"""Ensembles of students in JAX, for ``rectifier bench``. See README.md for the protocol."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from typing import Any, Callable

import numpy as np

import peer
import students
from peer import Clock, Files, Refusal, Restart
from students import Arrays, Case

CPU_VARIANTS = ("scan", "scan-unroll8")
GPU_VARIANTS = ("scan-graph-loop", "scan-graph-loop-unroll8", "scan-tf32")
GRAPH_LOOP = "--xla_gpu_enable_command_buffer=+WHILE,+CONDITIONAL --xla_gpu_graph_min_graph_size=1"
THREADS, FLAGS, USER_FLAGS = "NPROC", "XLA_FLAGS", "RECTIFIER_BENCH_XLA_FLAGS"


class JaxPeer(peer.Peer):
    """One case at a time on the GPU, or on the CPU where there is none."""

    def __init__(self) -> None:
        self._runner: Any = None
        self._case: Case | None = None
        self._files = Files()

    def hello(self) -> dict[str, Any]:
        jax, gpu = _jax(), _on_gpu()
        import jaxlib

        versions = {"python": peer.python_version(), "numpy": np.__version__}
        versions |= {"jax": jax.__version__, "jaxlib": jaxlib.__version__}
        device = jax.devices()[0].device_kind if gpu else "cpu"
        return {"name": "jax", "versions": versions, "device": device, "variants": _variants(gpu), "kinds": ["students"]}

    def prepare(self, variant: str, case: dict[str, Any], threads: int | None) -> dict[str, Any]:
        began = time.perf_counter()
        gpu = _on_gpu()
        if variant not in _variants(gpu):
            raise Refusal(f"There is no variant {variant} on this machine; known are {', '.join(_variants(gpu))}.")
        parsed = students.parse(case)
        _need_process(variant, threads, gpu)
        if not gpu:
            peer.check_host_memory(parsed.bytes_needed())
        self._case = parsed
        chosen, self._runner = _build(variant, parsed, students.load(parsed))
        first_call = self._first_call()
        spent = time.perf_counter() - began
        multiple = max(self._runner.lengths)
        return {"ready": True, "compile_s": spent - first_call, "first_call_s": first_call, "multiple": multiple, "chosen": chosen}

    def _first_call(self) -> float:
        with Clock() as clock:
            self._runner.run(max(self._runner.lengths))
            self._runner.wait()
        self._runner.reset()
        return clock.seconds

    def verify(self, steps: int, out: str | None) -> dict[str, Any]:
        runner = self._held()
        if self._case.stream:
            raise Refusal("A stream cannot be verified, for its inputs are the library's own; verify the case with a set.")
        runner.reset()
        runner.run(steps)
        path = self._files.path(out, "weights.npy")
        np.save(path, students.pack(runner.export()))
        return {"weights": path}

    def time(self, steps: int) -> dict[str, Any]:
        runner = self._held()
        runner.compile_for(steps)
        runner.wait()
        with Clock() as clock:
            runner.run(steps)
            runner.wait()
        return {"seconds": clock.seconds, "cpu_seconds": clock.cpu_seconds, "steps": steps}

    def _held(self) -> Any:
        if self._runner is None:
            raise Refusal("No case is prepared.")
        return self._runner

    def release(self) -> None:
        if self._runner is None:
            return
        self._runner = None
        _jax().clear_caches()
        gc.collect()


def _jax() -> Any:
    """JAX, set up before it looks for devices: no memory taken beforehand, double precision where a case asks."""
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if peer.wants_cpu():
        os.environ["JAX_PLATFORMS"] = "cpu"
    try:
        import jax
    except ImportError as failure:
        raise Refusal(f"JAX cannot be imported: {failure}.") from failure
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_default_prng_impl", "rbg")
    return jax


def _on_gpu() -> bool:
    return _jax().default_backend() == "gpu"


def _variants(gpu: bool) -> list[str]:
    return [*CPU_VARIANTS, *(GPU_VARIANTS if gpu else ())]


def _need_process(variant: str, threads: int | None, gpu: bool) -> None:
    """Starts the process anew if its flags or threads, which JAX reads once, are not the variant's."""
    own = os.environ.get(USER_FLAGS, os.environ.get(FLAGS, ""))
    flags = f"{own} {GRAPH_LOOP}".strip() if "graph-loop" in variant else own
    count = os.environ.get(THREADS, "") if gpu or threads is None else str(threads)
    if flags == os.environ.get(FLAGS, "") and count == os.environ.get(THREADS, ""):
        return
    environment = {FLAGS: flags, USER_FLAGS: own, THREADS: count, "PJRT_NPROC": count}
    _check_flags(flags)
    raise Restart(environment)


def _check_flags(flags: str) -> None:
    """XLA ends a process at a flag that it does not know: let it be another's."""
    environment = {**os.environ, FLAGS: flags, "JAX_PLATFORMS": "cpu"}
    trial = subprocess.run(
        [sys.executable, "-c", "import jax; jax.devices()"],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
    )  # fmt: skip
    if trial.returncode:
        raise Refusal(f"This JAX does not know the flags {flags}.")


def _build(variant: str, case: Case, arrays: Arrays) -> tuple[str, Any]:
    """The runner, or the fastest of several, and what it is called where there was a choice."""
    from jax_students import STYLES, Runner

    unroll = 8 if variant.endswith("unroll8") else 1
    tf32 = variant.endswith("-tf32")
    makers: dict[str, Callable[[], Any]] = {
        style: lambda style=style: Runner(case, arrays, style, unroll, tf32) for style in STYLES if _fits(style, case)
    }
    if len(makers) == 1:
        return "", next(iter(makers.values()))()
    times = {}
    for name, make in makers.items():
        runner = make()
        times[name] = runner.trial()
        del runner
        gc.collect()
    chosen = min(times, key=times.__getitem__)
    return chosen, makers[chosen]()


def _fits(style: str, case: Case) -> bool:
    """Whether a formulation is worth a trial: multiply and add up is for narrow layers."""
    return style == "products" or case.replicas > 1 and max(case.widths) <= 64


if __name__ == "__main__":
    peer.serve(JaxPeer())
