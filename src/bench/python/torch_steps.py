"""One training step of R students in PyTorch, by hand in place and by autograd."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import torch
from torch import Tensor

from students import Arrays, Case, Layer
from torch_feed import Pair, to_device


class Students:
    """The state of an ensemble and a way to move it by steps."""

    def reset(self) -> None:
        """Back to the given weights, zero state, step 0."""
        raise NotImplementedError

    def step(self, x: Tensor, t: Tensor) -> None:
        """One step of training on x [R or 1, N, D (+ 1)] and t [R or 1, N, K]."""
        raise NotImplementedError

    def export(self) -> list[Layer]:
        """Copies of the weights and biases."""
        raise NotImplementedError


class Flat:
    """Parameters in one buffer, layer after layer [R, out, in (+ 1)], the bias the last column of the weights."""

    def __init__(self, case: Case, device: torch.device) -> None:
        self.case, self.device = case, device
        self.shapes = [(case.replicas, out, into + case.bias) for out, into in case.layers]
        self.sizes = [int(np.prod(shape)) for shape in self.shapes]

    def zeros(self) -> Tensor:
        """A buffer."""
        return torch.zeros(sum(self.sizes), dtype=getattr(torch, self.case.dtype), device=self.device)

    def views(self, buffer: Tensor) -> list[Tensor]:
        """Its layers."""
        return [part.view(shape) for part, shape in zip(buffer.split(self.sizes), self.shapes)]

    def fill(self, layers: list[Layer]) -> Tensor:
        """A buffer with these weights and biases."""
        buffer = self.zeros()
        for view, layer in zip(self.views(buffer), layers):
            view[:, :, : layer.weight.shape[2]] = to_device(layer.weight, self.device)
            if layer.bias is not None:
                view[:, :, -1] = to_device(layer.bias, self.device)
        return buffer

    def read(self, buffer: Tensor) -> list[Layer]:
        """Weights and biases as arrays."""
        parts = [view.cpu().numpy() for view in self.views(buffer)]
        if self.case.bias:
            return [Layer(part[:, :, :-1], part[:, :, -1]) for part in parts]
        return [Layer(part, None) for part in parts]


class BatchedProducts:
    """Products by bmm; inputs that all replicas share go through one plain product."""

    def apply(self, w: Tensor, a: Tensor) -> Tensor:
        """w [R, out, in] times a [R or 1, in, N]."""
        if len(a) < len(w):
            return torch.mm(w.view(-1, w.shape[2]), a[0]).view(len(w), w.shape[1], -1)
        return torch.bmm(w, a)

    def difference(self, w: Tensor, a: Tensor, t: Tensor) -> Tensor:
        """w a - t."""
        if len(a) < len(w):
            return self.apply(w, a).sub_(t)
        return torch.baddbmm(t, w, a, beta=-1)

    def pull(self, w: Tensor, delta: Tensor) -> Tensor:
        """w [R, out, in] transposed times delta [R, out, N]."""
        return torch.bmm(w.transpose(1, 2), delta)

    def add(self, to: Tensor, delta: Tensor, a: Tensor, beta: float, alpha: float) -> None:
        """to = beta to + alpha delta a^T."""
        if len(a) < len(to):
            to.view(-1, to.shape[2]).addmm_(delta.reshape(-1, delta.shape[2]), a[0].t(), beta=beta, alpha=alpha)
        else:
            to.baddbmm_(delta, a.transpose(1, 2), beta=beta, alpha=alpha)


class OuterProducts(BatchedProducts):
    """For batch 1: the gradient by multiply and add."""

    def add(self, to: Tensor, delta: Tensor, a: Tensor, beta: float, alpha: float) -> None:
        if beta == 0:
            torch.mul(delta, a.transpose(1, 2), out=to)
            return
        if beta != 1:
            to.mul_(beta)
        to.addcmul_(delta, a.transpose(1, 2), value=alpha)


class SummedProducts(OuterProducts):
    """For batch 1: all by multiply and add up."""

    def apply(self, w: Tensor, a: Tensor) -> Tensor:
        return torch.sum(w * a.transpose(1, 2), dim=2, keepdim=True)

    def difference(self, w: Tensor, a: Tensor, t: Tensor) -> Tensor:
        return self.apply(w, a).sub_(t)

    def pull(self, w: Tensor, delta: Tensor) -> Tensor:
        return torch.sum(w * delta, dim=1).unsqueeze(2)


PRODUCTS: dict[str, BatchedProducts] = {
    "batched products": BatchedProducts(),
    "batched products, outer products by multiply-add": OuterProducts(),
    "multiply and add up": SummedProducts(),
}


class ManualStudents(Students):
    """Forward and backward written out, in place, with as few kernels as PyTorch's own operations need.

    Activations are [R, width, N]; a row of ones below those of a layer feeds the next layer's bias column. SGD goes into
    the product that makes the gradient (w = decay w - rate scale delta a^T), momentum's buffer likewise; Nesterov and
    Adam are PyTorch's fused kernels over the flat buffers.
    """

    def __init__(self, case: Case, arrays: Arrays, device: torch.device, style: str) -> None:
        self._case, self._products = case, PRODUCTS[style]
        self._flat = Flat(case, device)
        self._start = self._flat.fill(arrays.layers)
        self._w = self._start.clone()
        self._state = [self._flat.zeros() for _ in range(case.optimiser.slots)]
        self._gradient = self._flat.zeros() if case.optimiser.rule in ("nesterov", "adam") else None
        self._count = torch.zeros((), dtype=torch.float32, device=device)
        self._set_mask(arrays)
        self._layers = self._flat.views(self._w)
        self._inner = [w[:, :, : w.shape[2] - case.bias] for w in self._layers]
        self._hidden = [self._activation(width) for width in case.hidden]

    def _set_mask(self, arrays: Arrays) -> None:
        self._mask = self._held = None
        if arrays.masks is not None:
            self._mask = self._flat.fill(arrays.masks)
            self._held = self._start * (1 - self._mask)

    def _activation(self, width: int) -> Tensor:
        shape = (self._case.replicas, width + self._case.bias, self._case.batch)
        return torch.ones(shape, dtype=self._w.dtype, device=self._w.device)

    def reset(self) -> None:
        self._w.copy_(self._start)
        for buffer in (*self._state, self._count):
            buffer.zero_()

    def export(self) -> list[Layer]:
        return self._flat.read(self._w)

    def step(self, x: Tensor, t: Tensor) -> None:
        below = [x.transpose(1, 2), *self._hidden]
        for number, width in enumerate(self._case.hidden):
            z = self._products.apply(self._layers[number], below[number])
            torch.clamp_min(z, 0, out=below[number + 1][:, :width])
        self._descend(below, self._output_delta(below[-1], t.transpose(1, 2)))
        self._update()

    def _output_delta(self, a: Tensor, t: Tensor) -> Tensor:
        if self._case.loss == "squared":
            delta = self._products.difference(self._layers[-1], a, t)
        else:
            y = self._products.apply(self._layers[-1], a)
            delta = y.sigmoid_().sub_(t) if self._case.loss == "logistic" else y.softmax(1).sub_(t)
        return delta if self._gradient is None else delta.mul_(self._case.loss_scale)

    def _descend(self, below: list[Tensor], delta: Tensor) -> None:
        targets = self._gradient_targets()
        for number in range(len(self._layers) - 1, -1, -1):
            lower = self._pull(number, below[number], delta) if number else delta
            self._products.add(targets[number], delta, below[number], *self._factors())
            delta = lower

    def _pull(self, number: int, a: Tensor, delta: Tensor) -> Tensor:
        pulled = self._products.pull(self._inner[number], delta)
        return torch.ops.aten.threshold_backward.grad_input(
            pulled, a[:, : pulled.shape[1]], 0, grad_input=pulled
        )

    def _gradient_targets(self) -> list[Tensor]:
        if self._case.optimiser.rule == "sgd":
            return self._layers
        return self._flat.views(self._state[0] if self._gradient is None else self._gradient)

    def _factors(self) -> tuple[float, float]:
        """(beta, alpha) of the product that takes a gradient up."""
        rule, o = self._case.optimiser.rule, self._case.optimiser
        if rule == "sgd":
            return o.decay - o.rate * o.l2, -o.rate * self._case.loss_scale
        return (o.momentum, self._case.loss_scale) if rule == "momentum" else (0.0, 1.0)

    def _update(self) -> None:
        o = self._case.optimiser
        if o.rule == "momentum":
            self._momentum()
        elif o.rule != "sgd":
            self._fused()
        if self._mask is not None:
            torch.addcmul(self._held, self._w, self._mask, out=self._w)

    def _momentum(self) -> None:
        o, m = self._case.optimiser, self._state[0]
        if o.l2:
            m.add_(self._w, alpha=o.l2)
        if o.weight_decay:
            self._w.mul_(o.decay)
        self._w.add_(m, alpha=-o.rate)

    def _fused(self) -> None:
        o, g = self._case.optimiser, self._gradient
        l2 = o.l2
        if o.l2 and o.weight_decay:
            g.add_(self._w, alpha=o.l2)
            l2 = 0.0
        if o.weight_decay:
            self._w.mul_(o.decay)
        if o.rule == "nesterov":
            torch._fused_sgd_([self._w], [g], self._state, weight_decay=l2, momentum=o.momentum, lr=o.rate,
                              dampening=0.0, nesterov=True, maximize=False, is_first_step=False)
            return
        self._count.add_(1)
        m, v = self._state
        torch._fused_adam_([self._w], [g], [m], [v], [], [self._count], lr=o.rate, beta1=o.momentum, beta2=o.beta2,
                           weight_decay=l2, eps=o.epsilon, amsgrad=False, maximize=False)


class AutogradStudents(Students):
    """As a user would write it: batched products, a loss summed over replicas, ``backward``, ``torch.optim``."""

    def __init__(self, case: Case, arrays: Arrays, device: torch.device) -> None:
        self._case = case
        parts = [part for layer in arrays.layers for part in natural(layer)]
        self._start = [to_device(part, device) for part in parts]
        self._parameters = [part.clone().requires_grad_() for part in self._start]
        self._masks = self._mask_parts(arrays, device)
        self._make_optimiser()

    def _mask_parts(self, arrays: Arrays, device: torch.device) -> list[Tensor] | None:
        if arrays.masks is None:
            return None
        return [to_device(part, device) for layer in arrays.masks for part in natural(layer)]

    def _make_optimiser(self) -> None:
        o = self._case.optimiser
        common = {"lr": o.rate, "weight_decay": o.l2, "fused": True}
        if o.rule == "adam":
            self._optimiser = torch.optim.Adam(self._parameters, betas=(o.momentum, o.beta2), eps=o.epsilon, **common)
        else:
            momentum = 0.0 if o.rule == "sgd" else o.momentum
            self._optimiser = torch.optim.SGD(
                self._parameters, momentum=momentum, nesterov=o.rule == "nesterov", **common
            )

    def reset(self) -> None:
        with torch.no_grad():
            for parameter, start in zip(self._parameters, self._start):
                parameter.copy_(start)
        self._make_optimiser()

    def export(self) -> list[Layer]:
        parts = [parameter.detach().cpu().numpy() for parameter in self._parameters]
        if not self._case.bias:
            return [Layer(part, None) for part in parts]
        return [Layer(w, b[:, 0]) for w, b in zip(parts[::2], parts[1::2])]

    def step(self, x: Tensor, t: Tensor) -> None:
        with torch.enable_grad():
            loss = self._loss(self._outputs(x), t)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self._constrain()
        self._optimiser.step()
        if self._masks is not None:
            torch._foreach_copy_([p.data for p in self._parameters], self._moved())

    def _constrain(self) -> None:
        o = self._case.optimiser
        if self._masks is not None:
            self._before = [p.detach().clone() for p in self._parameters]
        if o.weight_decay and o.l2:
            raise NotImplementedError("eager-autograd takes weight_decay or l2, not both")
        if o.weight_decay:
            torch._foreach_mul_([p.data for p in self._parameters], o.decay)

    def _moved(self) -> list[Tensor]:
        return [torch.where(m != 0, p.detach(), b) for m, p, b in zip(self._masks, self._parameters, self._before)]

    def _outputs(self, x: Tensor) -> Tensor:
        a, width = x.expand(self._case.replicas, -1, -1), 1 + self._case.bias
        for at in range(0, len(self._parameters), width):
            w = self._parameters[at].transpose(1, 2)
            a = torch.baddbmm(self._parameters[at + 1], a, w) if self._case.bias else torch.bmm(a, w)
            a = a.relu() if at + width < len(self._parameters) else a
        return a

    def _loss(self, y: Tensor, t: Tensor) -> Tensor:
        functional, t = torch.nn.functional, t.expand_as(y)
        if self._case.loss == "squared":
            return functional.mse_loss(y, t, reduction="sum") * (self._case.loss_scale / 2)
        if self._case.loss == "logistic":
            return functional.binary_cross_entropy_with_logits(y, t, reduction="sum") * self._case.loss_scale
        return functional.cross_entropy(y.flatten(0, 1), t.flatten(0, 1), reduction="sum") * self._case.loss_scale


def natural(layer: Layer) -> list[np.ndarray]:
    return [layer.weight] if layer.bias is None else [layer.weight, layer.bias[:, None]]


def run_steps(students: Students, pairs: Sequence[Pair]) -> None:
    """Several steps."""
    for x, t in pairs:
        students.step(x, t)
