"""Ensembles of students as README.md describes them: the case, and its arrays in numpy, before any framework."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Iterator

import numpy as np

from peer import Refusal

RULES = ("sgd", "momentum", "nesterov", "adam")
LOSSES = ("squared", "logistic", "cross_entropy")


@dataclass(frozen=True)
class Optimiser:
    """How a gradient becomes a step; ``momentum`` is Adam's beta1."""

    rule: str
    rate: float
    momentum: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    l2: float = 0.0
    dampening: float = 0.0

    @property
    def decay(self) -> float:
        """What decoupled weight decay multiplies a weight by."""
        return 1.0 - self.rate * self.weight_decay

    @property
    def slots(self) -> int:
        """Numbers of state per parameter."""
        return {"sgd": 0, "momentum": 1, "nesterov": 1, "adam": 2}[self.rule]


@dataclass(frozen=True)
class Case:
    """R students of the widths D, hidden, K at batch N."""

    replicas: int
    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    bias: bool
    batch: int
    loss: str
    optimiser: Optimiser
    shared: bool
    stream: bool
    dtype: str
    data: str

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths from the inputs to the outputs."""
        return (self.inputs, *self.hidden, self.outputs)

    @property
    def layers(self) -> list[tuple[int, int]]:
        """(out, in) of each layer."""
        return [(o, i) for i, o in zip(self.widths, self.widths[1:])]

    @property
    def parameters(self) -> int:
        """P: numbers per replica."""
        return sum(o * (i + self.bias) for o, i in self.layers)

    @property
    def loss_scale(self) -> float:
        """What the sum of the derivative's terms over the batch is multiplied by."""
        return 2.0 / (self.batch * self.outputs) if self.loss == "squared" else 1.0 / self.batch

    def bytes_needed(self) -> int:
        """A lower estimate of what training holds: weights, gradients, state, activations."""
        numbers = self.parameters * (3 + self.optimiser.slots) + 2 * self.batch * sum(self.widths)
        return self.replicas * numbers * np.dtype(self.dtype).itemsize


@dataclass
class Layer:
    """Weights [R, out, in] (or [1, out, in]) and, where there is one, the bias [R, out]."""

    weight: np.ndarray
    bias: np.ndarray | None


@dataclass
class Arrays:
    """A case's data, in its type. Batches are [S, R or 1, N, .]; labels and rows are integers.

    With ``rows`` [S, R or 1, N], ``inputs`` and ``targets`` are sets [R or 1, M, .]; with a stream they are None.
    """

    layers: list[Layer]
    masks: list[Layer] | None
    teacher: list[Layer]
    inputs: np.ndarray | None
    targets: np.ndarray | None
    rows: np.ndarray | None

    @property
    def steps(self) -> int:
        """S, after which the data comes again; 1 for a stream."""
        if self.rows is not None:
            return len(self.rows)
        return 1 if self.inputs is None else len(self.inputs)


def parse(case: dict[str, Any]) -> Case:
    """Reads and checks a case."""
    if case.get("kind") != "students":
        raise Refusal(f"This script runs cases of kind students, not {case.get('kind')}.")
    missing = [k for k in ("replicas", "inputs", "hidden", "outputs", "batch", "loss", "optimiser", "data") if k not in case]
    if missing:
        raise Refusal(f"The case lacks {', '.join(missing)}.")
    sizes = [case["replicas"], case["inputs"], case["outputs"], case["batch"], *case["hidden"]]
    if not all(isinstance(n, int) and n > 0 for n in sizes):
        raise Refusal("replicas, inputs, hidden, outputs and batch must be whole numbers above 0.")
    return Case(
        **{name: case[name] for name in ("replicas", "inputs", "outputs", "batch")},
        hidden=tuple(case["hidden"]),
        bias=bool(case.get("bias", True)),
        loss=_one_of("loss", str(case["loss"]).replace("-", "_"), LOSSES),
        optimiser=_optimiser(case["optimiser"]),
        shared=bool(case.get("shared", False)),
        stream=bool(case.get("stream", False)),
        dtype=_one_of("dtype", case.get("dtype", "float32"), ("float32", "float64")),
        data=str(case["data"]),
    )


def _one_of(what: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Refusal(f"There is no {what} {value}; known are {', '.join(known)}.")
    return value


def _optimiser(given: dict[str, Any]) -> Optimiser:
    names = {field.name for field in dataclasses.fields(Optimiser)}
    optimiser = Optimiser(**{k: v for k, v in given.items() if k in names})
    _one_of("optimiser rule", optimiser.rule, RULES)
    if optimiser.dampening:
        raise Refusal("Dampening is not offered by the peers.")
    return optimiser


def load(case: Case) -> Arrays:
    """Reads the arrays of a case, checks their shapes and brings the data into batches."""
    try:
        with np.load(case.data) as file:
            held = {name: file[name] for name in file.files}
    except (OSError, ValueError) as failure:
        raise Refusal(f"The data {case.data} cannot be read: {failure}.") from failure
    teacher = list(_teacher(held, case))
    layers = _unpack(_array(held, "weights", (case.replicas, case.parameters)).astype(case.dtype), case)
    masks = None
    if "mask" in held:
        masks = _unpack(_array(held, "mask", (case.replicas, case.parameters)).astype(case.dtype), case)
    if case.stream:
        if not teacher:
            raise Refusal("A stream needs a teacher (teacher.0.weight, ...), for there are no targets.")
        return Arrays(layers, masks, teacher, None, None, None)
    inputs = _inputs(held, case)
    targets = _taught(inputs, teacher, case) if teacher else _targets(held, inputs.shape[1], case)
    return _batches(Arrays(layers, masks, teacher, inputs, targets, None), held.get("rows"), case)


def _array(held: dict[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    if name not in held:
        raise Refusal(f"The data lacks the array {name}.")
    if held[name].shape != shape:
        raise Refusal(f"The array {name} is {list(held[name].shape)}, not {list(shape)}.")
    return held[name]


def _unpack(flat: np.ndarray, case: Case) -> list[Layer]:
    layers, at = [], 0
    for out, into in case.layers:
        weight = flat[:, at : at + out * into].reshape(-1, out, into)
        at += out * into
        bias = flat[:, at : at + out] if case.bias else None
        at += out * case.bias
        layers.append(Layer(weight, bias))
    return layers


def pack(layers: list[Layer]) -> np.ndarray:
    """The parameters [R, P] in the order of the protocol."""
    parts = []
    for layer in layers:
        parts.append(layer.weight.reshape(len(layer.weight), -1))
        parts += [] if layer.bias is None else [layer.bias]
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def _inputs(held: dict[str, np.ndarray], case: Case) -> np.ndarray:
    if "inputs" not in held:
        raise Refusal("The data lacks the array inputs.")
    inputs = held["inputs"].astype(case.dtype)
    inputs = inputs[None] if inputs.ndim == 2 else inputs
    if inputs.ndim != 3 or inputs.shape[0] not in (1, case.replicas) or inputs.shape[2] != case.inputs:
        raise Refusal(f"The array inputs is {list(held['inputs'].shape)}, not [M, {case.inputs}] or [R, M, {case.inputs}].")
    return inputs


def _targets(held: dict[str, np.ndarray], examples: int, case: Case) -> np.ndarray:
    labels = case.loss == "cross_entropy"
    shape = (examples,) if labels else (examples, case.outputs)
    if "targets" not in held:
        raise Refusal("The data lacks the array targets (or a teacher).")
    targets = held["targets"].astype(np.int64 if labels else case.dtype)
    targets = targets[None] if targets.ndim == len(shape) else targets
    if targets.shape[1:] != shape or targets.shape[0] not in (1, case.replicas):
        raise Refusal(f"The array targets is {list(held['targets'].shape)}, not {list(shape)} or R of these.")
    return targets


def _teacher(held: dict[str, np.ndarray], case: Case) -> Iterator[Layer]:
    count = sum(name.startswith("teacher.") and name.endswith(".weight") for name in held)
    for number in range(count):
        weight = held[f"teacher.{number}.weight"].astype(case.dtype)
        bias = held.get(f"teacher.{number}.bias")
        weight = weight[None] if weight.ndim == 2 else weight
        if bias is not None:
            bias = bias.astype(case.dtype).reshape(-1, weight.shape[1])
        yield Layer(weight, bias)


def _taught(inputs: np.ndarray, teacher: list[Layer], case: Case) -> np.ndarray:
    values = inputs
    for number, layer in enumerate(teacher):
        values = values @ layer.weight.swapaxes(1, 2)
        values = values if layer.bias is None else values + layer.bias[:, None]
        values = np.maximum(values, 0) if number + 1 < len(teacher) else values
    if case.loss == "cross_entropy":
        return values.argmax(-1)
    return np.where(values > 0, 1.0, -1.0).astype(case.dtype) if case.loss == "logistic" else values


def _batches(arrays: Arrays, rows: np.ndarray | None, case: Case) -> Arrays:
    assert arrays.inputs is not None and arrays.targets is not None
    if rows is not None:
        rows = rows[:, None] if rows.ndim == 2 else rows
        if rows.ndim != 3 or rows.shape[1] not in (1, case.replicas) or rows.shape[2] != case.batch:
            raise Refusal(f"The array rows is {list(rows.shape)}, not [S, N] or [S, R, N].")
        return dataclasses.replace(arrays, rows=rows.astype(np.int64))
    if arrays.inputs.shape[1] % case.batch:
        raise Refusal(f"The batch {case.batch} does not divide the {arrays.inputs.shape[1]} examples of the set.")
    return dataclasses.replace(arrays, inputs=_split(arrays.inputs, case), targets=_split(arrays.targets, case))


def _split(values: np.ndarray, case: Case) -> np.ndarray:
    """[R, M, ...] as batches [S, R, N, ...]."""
    return values.reshape(len(values), -1, case.batch, *values.shape[2:]).swapaxes(0, 1)


def period(steps: int, chunk: int) -> int:
    """How many chunks of so many steps until a chunk starts at step 0 of the data again."""
    return steps // math.gcd(steps, chunk)


def as_float_targets(targets: np.ndarray, case: Case) -> np.ndarray:
    """Targets whose subtraction from the outputs' link gives the derivative: one-hot labels, 0 or 1 for -1 or 1."""
    if case.loss == "cross_entropy":
        return (targets[..., None] == np.arange(case.outputs)).astype(case.dtype)
    return (targets + 1) / 2 if case.loss == "logistic" else targets
