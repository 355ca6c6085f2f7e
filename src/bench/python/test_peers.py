#!/usr/bin/env python3
"""Self test of the peers: drives each script through its protocol and compares with plain numpy in double precision."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Iterator

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = ("sgd", "momentum", "nesterov", "adam")
LOSSES = ("squared", "logistic", "cross_entropy")
STEPS = 11


class Script:
    """A running peer."""

    def __init__(self, name: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "RECTIFIER_BENCH_DEVICE": "cpu", **environment},
            text=True,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Sends a request, returns the answer."""
        return self.send(json.dumps(request))

    def send(self, line: str) -> dict[str, Any]:
        """Sends a line as it is."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end_input(self) -> int:
        """Closes the input and returns the status the script ends with."""
        self._process.stdin.close()
        return self._ended()

    def terminate(self) -> int:
        """Sends SIGTERM and returns the status."""
        self._process.send_signal(signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        status = self._process.wait(timeout=60)
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()
        return status


class Work:
    """A case with random data and its training in numpy, double precision, formula by formula."""

    def __init__(self, folder: str, **changes: Any) -> None:
        self.case = {
            "kind": "students", "replicas": 3, "inputs": 5, "hidden": [6], "outputs": 2, "bias": True, "batch": 4,
            "examples": 12, "shared": False, "loss": "squared", "dtype": "float64", "steps": STEPS, "seed": 1,
            "optimiser": {"rule": "sgd", "rate": 0.05, "momentum": 0.9, "beta2": 0.99, "epsilon": 1e-8},
        }  # fmt: skip
        self.extra = {key: changes.pop(key) for key in ("masked", "rows", "teacher") if key in changes}
        self.case["optimiser"].update(changes.pop("optimiser", {}))
        self.case.update(changes, data=os.path.join(folder, f"case{len(os.listdir(folder))}.npz"))
        self._random = np.random.default_rng(7)
        self.arrays = self._draw()
        np.savez(self.case["data"], **self.arrays)

    def __getattr__(self, name: str) -> Any:
        return self.case[name]

    def _layers(self) -> list[tuple[int, int]]:
        widths = [self.inputs, *self.hidden, self.outputs]
        return list(zip(widths[1:], widths))

    def parameters(self) -> int:
        """P."""
        return sum(out * (into + self.bias) for out, into in self._layers())

    def _draw(self) -> dict[str, np.ndarray]:
        normal, r, m = self._random.standard_normal, self.replicas, self.examples
        sets = () if self.shared else (r,)
        arrays = {"weights": normal((r, self.parameters())).astype(np.float32) / 2}
        arrays["inputs"] = normal((*sets, m, self.inputs)).astype(np.float32)
        arrays["targets"] = self._targets(sets, m)
        if "masked" in self.extra:
            arrays["mask"] = (self._random.random((r, self.parameters())) < 0.6).astype(np.uint8)
        if "rows" in self.extra:
            shape = (5, self.batch) if self.extra["rows"] == "shared" else (5, r, self.batch)
            arrays["rows"] = self._random.integers(0, m, shape).astype(np.int32)
        if "teacher" in self.extra:
            del arrays["targets"]
            arrays["teacher.0.weight"] = normal((7, self.inputs)).astype(np.float32)
            arrays["teacher.0.bias"] = normal(7).astype(np.float32)
            arrays["teacher.1.weight"] = normal((r, self.outputs, 7)).astype(np.float32)
        return arrays

    def _targets(self, sets: tuple[int, ...], examples: int) -> np.ndarray:
        if self.loss == "cross_entropy":
            return self._random.integers(0, self.outputs, (*sets, examples)).astype(np.int32)
        values = self._random.standard_normal((*sets, examples, self.outputs)).astype(np.float32)
        return np.where(values > 0, 1, -1).astype(np.float32) if self.loss == "logistic" else values

    def trained(self, steps: int) -> np.ndarray:
        """The parameters [R, P] after so many steps."""
        return np.stack([self._trained(r, steps) for r in range(self.replicas)])

    def _trained(self, r: int, steps: int) -> np.ndarray:
        w = self.arrays["weights"][r].astype(np.float64)
        moves = self.arrays["mask"][r] if "mask" in self.arrays else np.ones_like(w)
        state = [np.zeros_like(w), np.zeros_like(w)]
        for step in range(steps):
            gradient = self._gradient(w, *self._batch(r, step))
            w = np.where(moves, self._updated(w, gradient, state, step), w)
        return w

    def _batch(self, r: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        x = self.arrays["inputs"] if self.shared else self.arrays["inputs"][r]
        t = self._taught(r, x.astype(np.float64)) if "teacher" in self.extra else self.arrays["targets"]
        t = t if self.shared or "teacher" in self.extra else t[r]
        if "rows" in self.arrays:
            rows = self.arrays["rows"][step % len(self.arrays["rows"])]
            rows = rows[r] if rows.ndim == 2 else rows
        else:
            rows = np.arange(self.batch) + step % (len(x) // self.batch) * self.batch
        return x[rows].astype(np.float64), t[rows]

    def _taught(self, r: int, x: np.ndarray) -> np.ndarray:
        hidden = np.maximum(x @ self.arrays["teacher.0.weight"].T + self.arrays["teacher.0.bias"], 0)
        y = hidden @ self.arrays["teacher.1.weight"][r].T
        if self.loss == "cross_entropy":
            return y.argmax(-1)
        return np.where(y > 0, 1.0, -1.0) if self.loss == "logistic" else y

    def _split(self, w: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        at = 0
        for out, into in self._layers():
            weight, at = w[at : at + out * into].reshape(out, into), at + out * into
            bias, at = (w[at : at + out], at + out) if self.bias else (np.zeros(out), at)
            yield weight, bias

    def _gradient(self, w: np.ndarray, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        layers, below = list(self._split(w)), [x]
        for number, (weight, bias) in enumerate(layers):
            z = below[-1] @ weight.T + bias
            below.append(np.maximum(z, 0) if number + 1 < len(layers) else z)
        delta, parts = self._delta(below.pop(), t), []
        for (weight, _), a in zip(reversed(layers), reversed(below)):
            parts = [(delta.T @ a).ravel(), *([delta.sum(0)] if self.bias else []), *parts]
            delta = (delta @ weight) * (a > 0)
        return np.concatenate(parts)

    def _delta(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        if self.loss == "squared":
            return 2 * (y - t) / y.size
        if self.loss == "logistic":
            return -t / (1 + np.exp(t * y)) / len(y)
        p = np.exp(y - y.max(1, keepdims=True))
        return (p / p.sum(1, keepdims=True) - np.eye(self.outputs)[t]) / len(y)

    def _updated(self, w: np.ndarray, g: np.ndarray, state: list[np.ndarray], step: int) -> np.ndarray:
        o = {"weight_decay": 0.0, "l2": 0.0, **self.optimiser}
        g = g + o["l2"] * w
        w = w * (1 - o["rate"] * o["weight_decay"])
        if o["rule"] == "sgd":
            return w - o["rate"] * g
        if o["rule"] == "adam":
            state[0] = o["momentum"] * state[0] + (1 - o["momentum"]) * g
            state[1] = o["beta2"] * state[1] + (1 - o["beta2"]) * g * g
            m, v = state[0] / (1 - o["momentum"] ** (step + 1)), state[1] / (1 - o["beta2"] ** (step + 1))
            return w - o["rate"] * m / (np.sqrt(v) + o["epsilon"])
        state[0] = o["momentum"] * state[0] + g
        return w - o["rate"] * (g + o["momentum"] * state[0] if o["rule"] == "nesterov" else state[0])

    def bound(self, steps: int) -> float:
        """First-order rounding bound: so many roundings enter a weight in a step, each of half a unit in the last place.

        Adam divides by the root of its second moment, which can be as small as epsilon's share of a gradient: the same
        bound then holds for the gradient's relative error, a factor of 1 / smallest gradient seen, 1e4 in these cases.
        """
        unit = 2.0**-53 if self.dtype == "float64" else 2.0**-24
        roundings = self.batch + self.inputs + sum(self.hidden) + self.outputs + 16
        return steps * roundings * unit * (1e4 if self.optimiser["rule"] == "adam" else 1) * 4


def _variety() -> Iterator[dict[str, Any]]:
    """Every loss with every rule, and each further feature with a rule of its own."""
    for loss in LOSSES:
        for rule in RULES:
            yield {"loss": loss, "optimiser": {"rule": rule}}
    yield {"shared": True}
    yield {"shared": True, "optimiser": {"rule": "adam"}, "bias": False}
    yield {"batch": 1, "examples": 3}
    yield {"batch": 1, "examples": 3, "shared": True, "bias": False, "optimiser": {"rule": "momentum"}}
    yield {"hidden": [6, 4, 3], "loss": "cross_entropy", "outputs": 3}
    yield {"hidden": []}
    yield {"rows": "shared", "optimiser": {"rule": "momentum"}}
    yield {"rows": "private", "shared": True}
    yield {"rows": "private", "loss": "cross_entropy"}
    yield {"teacher": True, "loss": "logistic"}
    yield {"teacher": True, "shared": True}
    for rule in RULES:
        yield {"masked": True, "optimiser": {"rule": rule, "weight_decay": 0.1}}
        yield {"masked": True, "optimiser": {"rule": rule, "l2": 0.1}}
    yield {"dtype": "float32"}
    yield {"dtype": "float32", "hidden": [8, 8], "loss": "cross_entropy", "optimiser": {"rule": "momentum"}}


class PeerTest:
    """What every student peer must do; mixed into a test case for each script."""

    script = ""
    module = ""
    quick: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    stride = 1  # every so many of the quick variants' cases

    def setUp(self) -> None:
        if importlib.util.find_spec(self.module) is None:
            self.skipTest(f"{self.module} is not installed")
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.peer = Script(self.script)
        self.addCleanup(self.peer.end_input)

    def check(self, variant: str, **changes: Any) -> None:
        """Prepares, verifies twice with a timing between, releases."""
        work = Work(self.folder, **changes)
        ready = self.peer.ask(op="prepare", variant=variant, case=work.case, threads=1)
        self.assertEqual(True, ready.get("ready"), ready)
        expected = work.trained(STEPS)
        for attempt in range(2):
            out = os.path.join(self.folder, "out.npy")
            answer = self.peer.ask(op="verify", steps=STEPS, out=out)
            self.assertEqual({"weights": out}, answer)
            error = np.abs(np.load(out) - expected).max()
            self.assertLessEqual(error, work.bound(STEPS) * max(1.0, np.abs(expected).max()), f"{variant} {changes}")
            timed = self.peer.ask(op="time", steps=3)
            self.assertGreater(timed.get("seconds", 0), 0, timed)
        self.assertEqual({"released": True}, self.peer.ask(op="release"))

    def test_quick_variants_agree_with_numpy(self) -> None:
        for variant in self.quick:
            for changes in list(_variety())[:: self.stride]:
                with self.subTest(variant=variant, **changes):
                    self.check(variant, **changes)

    def test_slow_variants_agree_with_numpy(self) -> None:
        for variant in self.slow:
            for changes in ({"loss": "cross_entropy", "masked": True, "optimiser": {"rule": "adam", "l2": 0.1}},
                            {"rows": "private", "shared": True, "optimiser": {"rule": "nesterov"}}):  # fmt: skip
                with self.subTest(variant=variant, **changes):
                    self.check(variant, **changes)

    def test_a_stream_trains_and_refuses_to_be_verified(self) -> None:
        for variant in self.quick:
            for shared in (False, True):
                work = Work(self.folder, stream=True, teacher=True, shared=shared)
                ready = self.peer.ask(op="prepare", variant=variant, case=work.case)
                self.assertEqual(True, ready.get("ready"), ready)
                self.assertGreater(self.peer.ask(op="time", steps=9)["seconds"], 0)
                self.assertIn("error", self.peer.ask(op="verify", steps=2))

    def test_hello_names_versions_and_variants(self) -> None:
        hello = self.peer.ask(op="hello", id=5)
        self.assertEqual(("cpu", 5), (hello["device"], hello["id"]))
        self.assertIn(self.module, hello["versions"])
        self.assertEqual(set(self.quick) | set(self.slow), set(hello["variants"]))

    def test_failures_are_sentences_and_leave_the_peer_alive(self) -> None:
        good = Work(self.folder).case
        for request in (
            {"op": "fly"}, {"op": 3}, {}, {"op": "time", "steps": 5}, {"op": "verify", "steps": 5},
            {"op": "prepare"}, {"op": "prepare", "variant": "none", "case": good},
            *({"op": "prepare", "variant": self.quick[0], "case": {**good, **change}} for change in (
                {"kind": "kernel"}, {"loss": "hinge"}, {"batch": 5}, {"replicas": 4}, {"inputs": 0}, {"hidden": [7]},
                {"data": "/nowhere.npz"}, {"optimiser": {"rule": "lion", "rate": 1}}, {"replicas": 10**12},
            )),
        ):  # fmt: skip
            answer = self.peer.ask(**request)
            self.assertEqual(["error"], list(answer), (request, answer))
            self.assertNotIn("\n", answer["error"])
        self.assertIn("error", self.peer.send("not json"))
        self.check(self.quick[0])
        self.assertIn("error", self.peer.ask(op="time", steps=5))

    def test_too_large_a_case_is_refused_for_memory(self) -> None:
        case = {**Work(self.folder).case, "replicas": 10**12}
        self.assertIn("memory", self.peer.ask(op="prepare", variant=self.quick[0], case=case)["error"])

    def test_the_end_of_input_and_close_and_a_signal_end_it(self) -> None:
        self.assertEqual(0, Script(self.script).end_input())
        closing = Script(self.script)
        self.assertEqual({"closed": True}, closing.ask(op="close"))
        self.assertEqual(0, closing.end_input())
        ending = Script(self.script)
        ending.ask(op="hello")
        self.assertEqual(-signal.SIGTERM, ending.terminate())


class TorchPeerTest(PeerTest, unittest.TestCase):
    """torch_peer.py"""

    script, module = "torch_peer.py", "torch"
    quick, slow = ("eager-manual", "eager-autograd"), ("compile",)


class JaxPeerTest(PeerTest, unittest.TestCase):
    """jax_peer.py"""

    script, module = "jax_peer.py", "jax"
    quick, slow = ("scan",), ("scan-unroll8",)
    stride = 5  # each compiles for seconds


class KernelsPeerTest(unittest.TestCase):
    """kernels_peer.py"""

    def setUp(self) -> None:
        if importlib.util.find_spec("torch") is None:
            self.skipTest("torch is not installed")
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.peer = Script("kernels_peer.py")
        self.addCleanup(self.peer.end_input)

    def run_kernel(self, op: str, shape: list[int], *inputs: np.ndarray, **more: Any) -> list[np.ndarray]:
        """The outputs of one launch in double precision, timed as well."""
        data, out = (os.path.join(self.folder, name) for name in ("in.npz", "out.npz"))
        np.savez(data, **{f"in{number}": array for number, array in enumerate(inputs)})
        case = {"kind": "kernel", "op": op, "shape": shape, "dtype": "float64", "data": data, **more}
        ready = self.peer.ask(op="prepare", variant="eager", case=case, threads=1)
        self.assertEqual(True, ready.get("ready"), ready)
        self.assertGreater(self.peer.ask(op="time", steps=3)["seconds"], 0)
        self.assertEqual({"results": out}, self.peer.ask(op="verify", out=out))
        with np.load(out) as results:
            return [results[f"out{number}"] for number in range(len(results.files))]

    def agree(self, expected: list[np.ndarray], actual: list[np.ndarray], terms: int) -> None:
        """Within so many roundings of the largest number at hand."""
        self.assertEqual(len(expected), len(actual))
        for wanted, got in zip(expected, actual):
            self.assertLessEqual(np.abs(wanted - got).max(), 4 * terms * 2.0**-53 * max(1.0, np.abs(wanted).max()))

    def test_pointwise_kernels(self) -> None:
        x, y = np.random.default_rng(2).standard_normal((2, 6, 7))
        self.agree([x], self.run_kernel("copy", [6, 7], x), 1)
        self.agree([np.maximum(x, 0)], self.run_kernel("relu-forward", [6, 7], x, cold_bytes=4096), 1)
        self.agree([np.where(y > 0, x, 0)], self.run_kernel("relu-backward", [6, 7], x, y), 1)
        self.agree([x * (y > 0)], self.run_kernel("mask", [6, 7], x, (y > 0).astype(float)), 1)

    def test_sums_and_products(self) -> None:
        a, b = np.random.default_rng(3).standard_normal((2, 3, 5, 5))
        self.agree([a.sum(1)], self.run_kernel("column-sum", [3, 5, 5], a), 5)
        self.agree([a @ b], self.run_kernel("matmul", [3, 5, 5, 5], a, b), 25)
        self.agree([a[:1] @ b[:1]], self.run_kernel("matmul", [1, 5, 5, 5], a[:1], b[:1]), 25)

    def test_optimisers(self) -> None:
        w, g, m, v = np.random.default_rng(4).standard_normal((4, 33))
        v, rate = np.abs(v), 0.01
        self.agree([w - rate * g], self.run_kernel("sgd", [33], w, g), 3)
        moved = 0.9 * m + g
        self.agree([w - rate * moved, moved], self.run_kernel("momentum", [33], w, g, m), 6)
        m, v, before = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, (m, v)
        step = rate * (m / 0.1) / (np.sqrt(v / 0.001) + 1e-8)
        # 1 - 0.999 cancels: its relative error is a thousand units
        self.agree([w - step, m, v], self.run_kernel("adam", [33], w, g, *before), 4000)

    def test_batch_norm(self) -> None:
        random = np.random.default_rng(5)
        (x, dy), (scale, shift) = random.standard_normal((2, 8, 3)), random.standard_normal((2, 3))
        mean, root = x.mean(0), 1 / np.sqrt(x.var(0) + 1e-5)
        z = (x - mean) * root
        self.agree([z * scale + shift, mean, root], self.run_kernel("batchnorm-forward", [8, 3], x, scale, shift), 100)
        dx = scale * root * (dy - dy.mean(0) - z * (dy * z).mean(0))
        actual = self.run_kernel("batchnorm-backward", [8, 3], dy, x, scale, mean, root)
        self.agree([dx, (dy * z).sum(0), dy.sum(0)], actual, 100)

    def test_batch_norm_with_relu(self) -> None:
        random = np.random.default_rng(6)
        (x, dy, y), (scale, shift) = random.standard_normal((3, 8, 3)), random.standard_normal((2, 3))
        mean, root = x.mean(0), 1 / np.sqrt(x.var(0) + 1e-5)
        z = (x - mean) * root
        actual = self.run_kernel("batchnorm-relu-forward", [8, 3], x, scale, shift)
        self.agree([np.maximum(z * scale + shift, 0), mean, root], actual, 100)
        dz = np.where(y > 0, dy, 0)
        dx = scale * root * (dz - dz.mean(0) - z * (dz * z).mean(0))
        actual = self.run_kernel("batchnorm-relu-backward", [8, 3], dy, x, scale, mean, root, y)
        self.agree([dx, (dz * z).sum(0), dz.sum(0)], actual, 100)

    def test_convolutions(self) -> None:
        random = np.random.default_rng(7)
        for stride, padding in ((1, 1), (2, 1), (3, 0)):
            rows, columns = (7 + 2 * padding - 3) // stride + 1, (8 + 2 * padding - 2) // stride + 1
            x, w = random.standard_normal((2, 3, 7, 8)), random.standard_normal((4, 3, 3, 2))
            dy = random.standard_normal((2, 4, rows, columns))
            padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
            y, dw, dx = np.zeros_like(dy), np.zeros_like(w), np.zeros_like(padded)
            for u, v in np.ndindex(3, 2):
                down, across = (slice(at, at + stride * (n - 1) + 1, stride) for at, n in ((u, rows), (v, columns)))
                seen = (slice(None), slice(None), down, across)
                y += np.einsum("nchw,kc->nkhw", padded[seen], w[:, :, u, v])
                dw[:, :, u, v] = np.einsum("nkhw,nchw->kc", dy, padded[seen])
                dx[seen] += np.einsum("nkhw,kc->nchw", dy, w[:, :, u, v])
            dx = dx[:, :, padding : padding + 7, padding : padding + 8]
            shape, more = [2, 3, 7, 8, 4, 3, 2, rows, columns], {"hyper": {"stride": stride, "padding": padding}}
            for op, wanted, operands in (("forward", y, (x, w)), ("input-gradient", dx, (dy, w)),
                                         ("weight-gradient", dw, (dy, x))):  # fmt: skip
                self.agree([wanted], self.run_kernel(f"convolution-{op}", shape, *operands, **more), 200)

    def test_normals_have_their_moments(self) -> None:
        (sample,) = self.run_kernel("randn", [40000])
        self.assertLess(abs(sample.mean()), 6 / 200)  # six standard errors of 40,000
        self.assertLess(abs(sample.var() - 1), 6 * np.sqrt(2) / 200)

    def test_failures_are_sentences(self) -> None:
        good = {"kind": "kernel", "op": "copy", "shape": [4]}
        for change in ({"op": "fly"}, {"shape": []}, {"shape": [0]}, {"shape": [10**13]}, {"kind": "students"},
                       {"op": "matmul"}, {"dtype": "int8"}):  # fmt: skip
            answer = self.peer.ask(op="prepare", variant="eager", case={**good, **change})
            self.assertEqual(["error"], list(answer), (change, answer))
        self.assertIn("error", self.peer.ask(op="prepare", variant="cudnn", case=good))
        self.assertIn("error", self.peer.ask(op="time", steps=5))


if __name__ == "__main__":
    unittest.main()
