"""Steps of training as a pure function of PyTorch operations, for ``torch.compile``."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from students import Arrays, Case, Layer
from torch_feed import to_device
from torch_steps import Students, natural


class CompiledStudents(Students, torch.nn.Module):
    """A pure function of several steps for ``torch.compile``; weights and state are buffers that it writes back.

    ``last`` keeps the replicas in the last axis and forms every product by multiply and add up, so that the compiler
    can fuse a whole step and vectorise over replicas; else products are batched.
    """

    def __init__(self, case: Case, arrays: Arrays, device: torch.device, last: bool) -> None:
        torch.nn.Module.__init__(self)
        self._case, self._last = case, last
        self._start = [self._place(part, device) for layer in arrays.layers for part in natural(layer)]
        count = len(self._start)
        self._masks = None
        if arrays.masks is not None:
            self._masks = [self._place(part, device) for layer in arrays.masks for part in natural(layer)]
        for number, part in enumerate(self._start):
            self.register_buffer(f"p{number}", part.clone())
        for slot in range(case.optimiser.slots):
            for number, part in enumerate(self._start):
                self.register_buffer(f"s{slot}_{number}", torch.zeros_like(part))
        self.register_buffer("count", torch.zeros(1, dtype=torch.float64, device=device))
        self._count_of = count

    def _place(self, part: np.ndarray, device: torch.device) -> Tensor:
        return to_device(np.moveaxis(part, 0, -1) if self._last else part, device)

    def _held(self) -> list[list[Tensor]]:
        slots = ["p", *(f"s{slot}_" for slot in range(self._case.optimiser.slots))]
        return [[getattr(self, f"{slot}{number}") for number in range(self._count_of)] for slot in slots]

    def reset(self) -> None:
        for buffer, start in zip(self._held()[0], self._start):
            buffer.copy_(start)
        for buffer in [b for slot in self._held()[1:] for b in slot] + [self.count]:
            buffer.zero_()

    def export(self) -> list[Layer]:
        parts = [part.cpu().numpy() for part in self._held()[0]]
        parts = [np.moveaxis(part, -1, 0) for part in parts] if self._last else parts
        if not self._case.bias:
            return [Layer(part, None) for part in parts]
        return [Layer(w, b[:, 0]) for w, b in zip(parts[::2], parts[1::2])]

    def forward(self, x: Tensor, t: Tensor) -> None:
        """Steps on x [u, R or 1, N, D] and t [u, R or 1, N, K]; with ``last`` the second axis comes last."""
        held = self._held()
        values, count = held, self.count
        for number in range(len(x)):
            count = count + 1
            values = self._stepped(values, count, x[number], t[number])
        written = [self.count, *(b for slot in held for b in slot)]
        for old, new in zip(written, [count, *(b for slot in values for b in slot)]):
            old.copy_(new)

    def _stepped(self, values: list[list[Tensor]], count: Tensor, x: Tensor, t: Tensor) -> list[list[Tensor]]:
        gradients = self._gradients(values[0], x, t)
        moved = [
            self._moved(gradient, count, *[slot[number] for slot in values])
            for number, gradient in enumerate(gradients)
        ]
        if self._masks is not None:
            moved = [
                [torch.where(mask != 0, new[0], old), *new[1:]]
                for mask, new, old in zip(self._masks, moved, values[0])
            ]
        return [list(slot) for slot in zip(*moved)]

    def _moved(self, g: Tensor, count: Tensor, w: Tensor, *state: Tensor) -> list[Tensor]:
        o = self._case.optimiser
        g = g + o.l2 * w if o.l2 else g
        w = w * o.decay if o.weight_decay else w
        if o.rule == "sgd":
            return [w - o.rate * g]
        if o.rule == "adam":
            m = o.momentum * state[0] + (1 - o.momentum) * g
            v = o.beta2 * state[1] + (1 - o.beta2) * g * g
            low, root = (1 - torch.pow(o.momentum, count)).to(w.dtype), (1 - torch.pow(o.beta2, count)).sqrt().to(w.dtype)
            return [w - (o.rate / low) * m / (v.sqrt() / root + o.epsilon), m, v]
        m = o.momentum * state[0] + g
        return [w - o.rate * (g + o.momentum * m if o.rule == "nesterov" else m), m]

    def _gradients(self, parts: list[Tensor], x: Tensor, t: Tensor) -> list[Tensor]:
        width = 1 + self._case.bias
        below, weights = [x], parts[::width]
        for number, w in enumerate(weights):
            z = self._apply(w, below[-1])
            z = z + parts[number * width + 1] if self._case.bias else z
            below.append(z.relu() if number + 1 < len(weights) else z)
        delta, gradients = self._output_delta(below.pop(), t), []
        for w, a in zip(reversed(weights), reversed(below)):
            if self._case.bias:
                gradients.append(delta.sum(0 if self._last else 1, keepdim=True))
            gradients.append(self._outer(delta, a))
            if len(gradients) < len(parts):
                delta = torch.where(a > 0, self._pull(w, delta), 0)
        return gradients[::-1]

    def _output_delta(self, y: Tensor, t: Tensor) -> Tensor:
        if self._case.loss == "squared":
            return (y - t) * self._case.loss_scale
        link = y.sigmoid() if self._case.loss == "logistic" else y.softmax(1 if self._last else 2)
        return (link - t) * self._case.loss_scale

    def _apply(self, w: Tensor, a: Tensor) -> Tensor:
        if self._last:  # [N, out, R] from w [out, in, R] and a [N, in, R or 1]
            return (w * a.unsqueeze(1)).sum(2)
        if len(a) < len(w):
            return torch.mm(a[0], w.flatten(0, 1).t()).view(-1, len(w), w.shape[1]).transpose(0, 1)
        return torch.bmm(a, w.transpose(1, 2))

    def _pull(self, w: Tensor, delta: Tensor) -> Tensor:
        if self._last:
            return (w * delta.unsqueeze(2)).sum(1)
        return torch.bmm(delta, w)

    def _outer(self, delta: Tensor, a: Tensor) -> Tensor:
        if self._last:
            return (delta.unsqueeze(2) * a.unsqueeze(1)).sum(0)
        if len(a) < len(delta):
            return torch.mm(delta.transpose(1, 2).flatten(0, 1), a[0]).view(len(delta), -1, a.shape[2])
        return torch.bmm(delta.transpose(1, 2), a)
