"""Batches on the device: prepared, gathered or drawn; always a chunk of steps at a time."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import torch
from torch import Tensor

from students import Arrays, Case, Layer, as_float_targets

Pair = tuple[Tensor, Tensor]


def to_device(values: np.ndarray, device: torch.device) -> Tensor:
    """A copy on the device."""
    return torch.from_numpy(np.array(values, order="C")).to(device)


class Feed:
    """Inputs [u, R or 1, N, D (+ 1)] and targets [u, R or 1, N, K] of u following steps.

    With ``ones`` a column of ones follows the inputs, for biases that are a column of the weights; with ``last`` the
    axis of the replicas comes last. ``arguments`` are slices of what lies on the device, ``batches`` makes a chunk of
    them and can be captured or compiled.
    """

    steps: int

    def arguments(self, start: int, count: int) -> tuple[Any, ...]:
        """What ``batches`` needs for the steps start, ..., start + count - 1; start < S, count <= the longest chunk."""
        raise NotImplementedError

    def arguments_at(self, steps: Tensor) -> tuple[Any, ...]:
        """The same for steps whose numbers lie on the device."""
        raise NotImplementedError

    def batches(self, *arguments: Any) -> Pair:
        """The chunk."""
        raise NotImplementedError

    def pairs(self, start: int, count: int) -> Sequence[Pair]:
        """The chunk, a pair of tensors for each step."""
        return unbind(self.batches(*self.arguments(start, count)))


def unbind(chunk: Pair) -> list[Pair]:
    """A chunk step by step."""
    return list(zip(chunk[0].unbind(0), chunk[1].unbind(0)))


class PreparedFeed(Feed):
    """Batches that lie on the device: nothing is moved."""

    def __init__(self, x: Tensor, t: Tensor, longest: int, last: bool) -> None:
        self.steps = len(x)
        x, t = arrange(x, last).contiguous(), arrange(t, last).contiguous()
        self._x, self._t = _wrapped(x, longest), _wrapped(t, longest)
        self._pairs = unbind((self._x, self._t))

    def arguments(self, start: int, count: int) -> tuple[Any, ...]:
        return self._x[start : start + count], self._t[start : start + count]

    def arguments_at(self, steps: Tensor) -> tuple[Any, ...]:
        return self._x.index_select(0, steps), self._t.index_select(0, steps)

    def batches(self, *arguments: Any) -> Pair:
        x, t = arguments
        return x, t

    def pairs(self, start: int, count: int) -> Sequence[Pair]:
        return self._pairs[start : start + count]


class GatheredFeed(Feed):
    """Batches gathered by row numbers from a set, a chunk of steps by one gather."""

    def __init__(self, x: Tensor, t: Tensor, rows: Tensor, longest: int, last: bool) -> None:
        self.steps = len(rows)
        self._batch, self._last = rows.shape[-1], last
        self._x, self._t = x.flatten(0, 1), t.flatten(0, 1)
        self._x_rows = _wrapped(_flat_rows(rows, x), longest)
        self._t_rows = _wrapped(_flat_rows(rows, t), longest)

    def arguments(self, start: int, count: int) -> tuple[Any, ...]:
        return self._x_rows[start : start + count], self._t_rows[start : start + count]

    def arguments_at(self, steps: Tensor) -> tuple[Any, ...]:
        return self._x_rows.index_select(0, steps), self._t_rows.index_select(0, steps)

    def batches(self, *arguments: Any) -> Pair:
        x_rows, t_rows = arguments
        return self._take(self._x, x_rows), self._take(self._t, t_rows)

    def _take(self, values: Tensor, rows: Tensor) -> Tensor:
        taken = values.index_select(0, rows.flatten()).view(len(rows), -1, self._batch, values.shape[-1])
        return arrange(taken, self._last)


class StreamFeed(Feed):
    """Standard normal inputs, drawn where they are used, and a teacher's targets."""

    steps = 1

    def __init__(self, case: Case, teacher: list[Layer], device: torch.device, ones: bool, last: bool) -> None:
        self._case, self._ones, self._last = case, ones, last
        self._replicas = 1 if case.shared else case.replicas
        self._options = {"device": device, "dtype": getattr(torch, case.dtype)}
        self._weights = [_teacher_weight(layer, ones and number == 0, device) for number, layer in enumerate(teacher)]
        later = teacher[1:] if ones else teacher
        self._biases = [None] * (len(teacher) - len(later)) + [_teacher_bias(layer, device) for layer in later]

    def arguments(self, start: int, count: int) -> tuple[Any, ...]:
        return (count,)

    def arguments_at(self, steps: Tensor) -> tuple[Any, ...]:
        return (len(steps),)

    def batches(self, *arguments: Any) -> Pair:
        (count,) = arguments
        case = self._case
        x = torch.randn(count, self._replicas, case.batch, case.inputs + self._ones, **self._options)
        if self._ones:
            x[..., -1] = 1
        return arrange(x, self._last), arrange(self._targets(x), self._last)

    def _targets(self, x: Tensor) -> Tensor:
        values = x
        for number, (weight, bias) in enumerate(zip(self._weights, self._biases)):
            values = torch.matmul(values, weight)
            values = values if bias is None else values + bias
            values = values.relu() if number + 1 < len(self._weights) else values
        if self._case.loss == "squared":
            return values
        if self._case.loss == "logistic":
            return (values > 0).to(values.dtype)
        return torch.nn.functional.one_hot(values.argmax(-1), self._case.outputs).to(values.dtype)


def make_feed(case: Case, arrays: Arrays, device: torch.device, longest: int, ones: bool, last: bool) -> Feed:
    """The feed for a case, for chunks of at most ``longest`` steps."""
    if arrays.inputs is None or arrays.targets is None:
        return StreamFeed(case, arrays.teacher, device, ones, last)
    inputs = arrays.inputs
    if ones:
        inputs = np.concatenate([inputs, np.ones((*inputs.shape[:-1], 1), inputs.dtype)], axis=-1)
    x, t = to_device(inputs, device), to_device(as_float_targets(arrays.targets, case), device)
    if arrays.rows is not None:
        return GatheredFeed(x, t, to_device(arrays.rows, device), longest, last)
    return PreparedFeed(x, t, longest, last)


def arrange(values: Tensor, last: bool) -> Tensor:
    """[u, R, N, .] as [u, N, ., R], if so wished."""
    return values.movedim(1, -1) if last else values


def _wrapped(values: Tensor, longest: int) -> Tensor:
    """The values, the first ones once more at the end, so that a chunk from any step is a slice."""
    steps = len(values)
    if steps % longest == 0:
        return values
    return values.repeat(-(-(steps + longest - 1) // steps), *[1] * (values.dim() - 1))[: steps + longest - 1]


def _flat_rows(rows: Tensor, values: Tensor) -> Tensor:
    """Row numbers [S, R or 1, N] in values [R or 1, M, .] as numbers [S, (R or 1) N] in its first two axes together."""
    sets, examples = values.shape[:2]
    offsets = torch.arange(sets, device=rows.device).view(1, sets, 1) * examples
    return (rows + offsets).flatten(1).contiguous()


def _teacher_weight(layer: Layer, with_bias: bool, device: torch.device) -> Tensor:
    """[R, in (+ 1), out], or without R if one serves all."""
    weight = layer.weight
    if with_bias:
        bias = np.zeros(weight.shape[:2], weight.dtype) if layer.bias is None else layer.bias
        weight = np.concatenate([weight, bias[..., None]], axis=-1)
    moved = to_device(weight.swapaxes(1, 2), device)
    return moved[0] if len(moved) == 1 else moved


def _teacher_bias(layer: Layer, device: torch.device) -> Tensor | None:
    return None if layer.bias is None else to_device(layer.bias[:, None], device)
