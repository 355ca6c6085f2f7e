"""Ways to run steps: one operation after the other, as a compiled function, as captured CUDA graphs."""

from __future__ import annotations

from typing import Any

import torch

from students import period
from torch_compiled import CompiledStudents
from torch_feed import Feed, unbind
from torch_steps import Students, run_steps

CHUNK = 8
MOST_GRAPHS = 64


class Runner:
    """Moves students by steps from a position in the data; enqueues, does not wait."""

    multiple = 1

    def __init__(self, students: Students, feed: Feed) -> None:
        self.students, self.feed = students, feed
        self.position = 0

    def reset(self) -> None:
        """Back to the start."""
        self.students.reset()
        self.position = 0

    def run(self, steps: int) -> None:
        """Runs so many steps."""
        while steps > 0:
            count = min(steps, CHUNK)
            self.chunk(count)
            self.position = (self.position + count) % self.feed.steps
            steps -= count

    def align(self) -> None:
        """Runs the few steps, if any, after which whole chunks can follow."""

    def chunk(self, count: int) -> None:
        """Runs 1 to ``CHUNK`` steps from the position, which stays."""
        raise NotImplementedError

    def body(self, *arguments: Any) -> None:
        """Runs the steps of these arguments of the feed: what a graph captures."""
        raise NotImplementedError


class EagerRunner(Runner):
    """One operation after the other."""

    def chunk(self, count: int) -> None:
        run_steps(self.students, self.feed.pairs(self.position, count))

    def body(self, *arguments: Any) -> None:
        run_steps(self.students, unbind(self.feed.batches(*arguments)))


class CompiledRunner(Runner):
    """A compiled function of ``CHUNK`` steps, and one of a single step for what is left."""

    multiple = CHUNK

    def __init__(self, students: CompiledStudents, feed: Feed, mode: str) -> None:
        super().__init__(students, feed)
        self.body = torch.compile(self._steps, mode=mode, dynamic=False, fullgraph=True)

    def _steps(self, *arguments: Any) -> None:
        self.students(*self.feed.batches(*arguments))

    def chunk(self, count: int) -> None:
        size = CHUNK if count == CHUNK else 1
        for offset in range(0, count, size):
            self.body(*self.feed.arguments((self.position + offset) % self.feed.steps, size))


class GraphRunner(Runner):
    """Chunks captured as CUDA graphs, one graph for each place in the data at which a chunk can start.

    Where there would be too many, one graph takes its batches by a step number on the device (one more copy of the data).
    """

    multiple = CHUNK

    def __init__(self, inner: Runner) -> None:
        super().__init__(inner.students, inner.feed)
        self._inner = inner
        steps, starts = self.feed.steps, period(self.feed.steps, CHUNK)
        self._counter: torch.Tensor | None = None
        self._graphs: dict[int, torch.cuda.CUDAGraph] = {}
        if starts > MOST_GRAPHS:
            self._counter = torch.zeros((), dtype=torch.int64, device="cuda")
            self._following = torch.arange(CHUNK, device="cuda")
        self._starts = [0] if self._counter is not None else [CHUNK * n % steps for n in range(starts)]

    def capture(self) -> None:
        """Warms up on a side stream, then captures; the graphs share their memory, for they run one after the other."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._enqueue(0)
        torch.cuda.current_stream().wait_stream(side)
        torch.cuda.synchronize()
        pool = torch.cuda.graph_pool_handle()
        for start in self._starts:
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                self._enqueue(start)
            self._graphs[start] = graph

    def _enqueue(self, start: int) -> None:
        if self._counter is None:
            self._inner.body(*self.feed.arguments(start, CHUNK))
            return
        self._inner.body(*self.feed.arguments_at((self._counter + self._following) % self.feed.steps))
        self._counter.add_(CHUNK)

    def run(self, steps: int) -> None:
        if self._counter is not None:
            self._counter.fill_(self.position)
        super().run(steps)

    def align(self) -> None:
        while self._counter is None and self.position not in self._graphs:
            self.run(1)

    def chunk(self, count: int) -> None:
        graph = self._graphs.get(self.position if self._counter is None else 0)
        if count == CHUNK and graph is not None:
            graph.replay()
            return
        self._inner.position = self.position
        self._inner.chunk(count)
        if self._counter is not None:
            self._counter.add_(count)
