"""Training of R students in JAX: jit of a scan over steps of the vectorised gradient of one student's loss."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from students import Arrays, Case, Layer, as_float_targets

STYLES = ("products", "multiply and add up", "replicas last, multiply and add up")
LENGTHS = (256, 16, 1)

Tree = Any


class Runner:
    """Runs steps by compiled scans of 256, 16 and 1 steps; weights and state stay on the device and are given up to each."""

    lengths = LENGTHS

    def __init__(self, case: Case, arrays: Arrays, style: str, unroll: int, tf32: bool) -> None:
        self._case, self._arrays, self._style = case, arrays, style
        self._precision = "tensorfloat32" if tf32 else "highest"
        self._axis = -1 if style.startswith("replicas last") else 0
        self._start = [self._placed(part) for part in _parts(arrays.layers)]
        self._masks = None if arrays.masks is None else [self._placed(part) for part in _parts(arrays.masks)]
        self._data = self._batches()
        self._compiled = {n: self._scan(n, min(unroll, n)) for n in LENGTHS}
        self._ready: set[int] = set()
        self.reset()

    def _placed(self, part: np.ndarray) -> jax.Array:
        return jnp.asarray(np.moveaxis(part, 0, self._axis) if part.shape[0] == self._case.replicas else part)

    def _batches(self) -> Tree:
        """What lies on the device: batches step by step, or a set and its row numbers, or a teacher."""
        arrays, case = self._arrays, self._case
        if arrays.inputs is None or arrays.targets is None:
            return [(jnp.asarray(layer.weight), None if layer.bias is None else jnp.asarray(layer.bias)) for layer in arrays.teacher]
        x, t = arrays.inputs, as_float_targets(arrays.targets, case)
        if arrays.rows is not None:
            return jnp.asarray(x), jnp.asarray(t), jnp.asarray(arrays.rows.astype(np.int32))
        return tuple(jnp.asarray(self._last(values)) for values in (x, t))

    def _last(self, values: Any) -> Any:
        """[S, R, N, .] with the replicas where the weights have them."""
        where = jnp if isinstance(values, jax.Array) else np
        return where.moveaxis(values, -3, -1) if self._axis == -1 else values

    def reset(self) -> None:
        """Back to the start."""
        state = [[jnp.zeros_like(part) for part in self._start] for _ in range(self._case.optimiser.slots)]
        self._carry = ([jnp.array(part) for part in self._start], state, jnp.zeros((), jnp.int32), jax.random.key(3))

    def run(self, steps: int) -> None:
        """Enqueues so many steps."""
        for length in LENGTHS:
            while steps >= length:
                self._carry = self._compiled[length](self._carry, self._data, self._masks)
                steps -= length

    def compile_for(self, steps: int) -> None:
        """Compiles what so many steps need, by running it once on copies."""
        for length in LENGTHS:
            if steps >= length and length not in self._ready:
                copies = jax.tree.map(lambda value: value.copy(), self._carry)
                jax.block_until_ready(self._compiled[length](copies, self._data, self._masks)[0])
                self._ready.add(length)
            steps %= length

    def wait(self) -> None:
        """Waits for the device."""
        jax.block_until_ready(self._carry[0])

    def trial(self) -> float:
        """Seconds of a run of the longest scan: the least of three."""
        self.compile_for(LENGTHS[0])
        seconds = []
        for _ in range(3):
            self.wait()
            began = time.perf_counter()
            self.run(LENGTHS[0])
            self.wait()
            seconds.append(time.perf_counter() - began)
        return min(seconds)

    def export(self) -> list[Layer]:
        """The weights and biases."""
        parts = [np.moveaxis(np.asarray(part), self._axis, 0) for part in self._carry[0]]
        if not self._case.bias:
            return [Layer(part, None) for part in parts]
        return [Layer(w, b) for w, b in zip(parts[::2], parts[1::2])]

    def _scan(self, length: int, unroll: int) -> Any:
        def steps(carry: Tree, data: Tree, masks: Tree) -> Tree:
            with jax.default_matmul_precision(self._precision):
                return jax.lax.scan(lambda c, _: (self._step(c, data, masks), None), carry, None, length, unroll=unroll)[0]

        return jax.jit(steps, donate_argnums=0)

    def _step(self, carry: Tree, data: Tree, masks: Tree) -> Tree:
        parts, state, count, key = carry
        key, drawn = jax.random.split(key) if self._case.stream else (key, key)
        x, t = self._batch(data, count, drawn)
        axes = (self._axis, *(None if values.shape[self._axis] == 1 else self._axis for values in (x, t)))
        x, t = (values if axis is not None else values.squeeze(self._axis) for values, axis in zip((x, t), axes[1:]))
        gradients = jax.vmap(jax.grad(self._loss), in_axes=axes, out_axes=self._axis)(parts, x, t)
        moved = [self._moved(g, count, w, *s) for g, w, *s in zip(gradients, parts, *state)]
        if masks is not None:
            moved = [(jnp.where(mask != 0, new[0], old), *new[1:]) for mask, new, old in zip(masks, moved, parts)]
        return [new[0] for new in moved], [[new[1 + s] for new in moved] for s in range(len(state))], count + 1, key

    def _batch(self, data: Tree, count: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        if self._case.stream:
            return self._drawn(data, key)
        if self._arrays.rows is None:
            step = count % len(data[0])
            return data[0][step], data[1][step]
        x, t, rows = data
        chosen = rows[count % len(rows)]
        return self._last(_taken(x, chosen)), self._last(_taken(t, chosen))

    def _drawn(self, teacher: Tree, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        case = self._case
        x = jax.random.normal(key, (1 if case.shared else case.replicas, case.batch, case.inputs), case.dtype)
        y = x
        for number, (w, b) in enumerate(teacher):
            y = y @ w.swapaxes(1, 2) + (0 if b is None else b[:, None])
            y = jnp.maximum(y, 0) if number + 1 < len(teacher) else y
        if case.loss == "logistic":
            y = (y > 0).astype(case.dtype)
        if case.loss == "cross_entropy":
            y = jax.nn.one_hot(y.argmax(-1), case.outputs, dtype=case.dtype)
        return self._last(x), self._last(y)

    def _loss(self, parts: list[jax.Array], x: jax.Array, t: jax.Array) -> jax.Array:
        """The loss of one student on x [N, D] and t [N, K]."""
        y, width = x, 1 + self._case.bias
        for at in range(0, len(parts), width):
            y = self._product(parts[at], y)
            y = y + parts[at + 1] if self._case.bias else y
            y = jax.nn.relu(y) if at + width < len(parts) else y
        if self._case.loss == "squared":
            return jnp.square(y - t).sum() * (self._case.loss_scale / 2)
        if self._case.loss == "logistic":
            return (jax.nn.softplus(y) - t * y).sum() * self._case.loss_scale
        return (jax.nn.logsumexp(y, axis=-1).sum() - (t * y).sum()) * self._case.loss_scale

    def _product(self, w: jax.Array, a: jax.Array) -> jax.Array:
        return a @ w.T if self._style == "products" else (w * a[:, None, :]).sum(-1)

    def _moved(self, g: jax.Array, count: jax.Array, w: jax.Array, *state: jax.Array) -> tuple[jax.Array, ...]:
        o = self._case.optimiser
        g = g + o.l2 * w if o.l2 else g
        w = w * o.decay if o.weight_decay else w
        if o.rule == "sgd":
            return (w - o.rate * g,)
        if o.rule == "adam":
            return _adam(o, g, (count + 1).astype(w.dtype), w, *state)
        m = o.momentum * state[0] + g
        return w - o.rate * (g + o.momentum * m if o.rule == "nesterov" else m), m


def _adam(o: Any, g: jax.Array, t: jax.Array, w: jax.Array, m: jax.Array, v: jax.Array) -> tuple[jax.Array, ...]:
    m = o.momentum * m + (1 - o.momentum) * g
    v = o.beta2 * v + (1 - o.beta2) * g * g
    step = o.rate * (m / (1 - o.momentum**t)) / (jnp.sqrt(v / (1 - o.beta2**t)) + o.epsilon)
    return w - step, m, v


def _parts(layers: list[Layer]) -> list[np.ndarray]:
    return [part for layer in layers for part in (layer.weight, layer.bias) if part is not None]


@partial(jax.jit, inline=True)
def _taken(values: jax.Array, rows: jax.Array) -> jax.Array:
    """values [R or 1, M, .] at rows [R or 1, N]."""
    if rows.shape[0] == 1:
        return values[:, rows[0]]
    return values[0][rows] if values.shape[0] == 1 else jax.vmap(lambda v, r: v[r])(values, rows)
