"""The peers' side of the protocol of README.md: one JSON object per line in, one out, everything else to standard error."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from typing import Any, Callable, NoReturn

PENDING = "RECTIFIER_BENCH_PENDING"
DEVICE = "RECTIFIER_BENCH_DEVICE"

_MEMORY_WORDS = ("out of memory", "resource_exhausted", "can't allocate memory", "bad_alloc", "unable to allocate")


class Refusal(Exception):
    """A request that cannot be done; the message is one sentence for the user."""


class Peer:
    """What a script offers. Each method answers one request; ``serve`` turns exceptions into error answers."""

    def hello(self) -> dict[str, Any]:
        """Imports the library and says what this machine can run."""
        raise NotImplementedError

    def prepare(self, variant: str, case: dict[str, Any], threads: int | None) -> dict[str, Any]:
        """Loads, compiles and warms up a case; the former one is released first."""
        raise NotImplementedError

    def verify(self, steps: int, out: str | None) -> dict[str, Any]:
        """Runs from the start and writes the result to ``out``, or to a temporary file."""
        raise NotImplementedError

    def time(self, steps: int) -> dict[str, Any]:
        """Runs so many steps on the clock."""
        raise NotImplementedError

    def release(self) -> None:
        """Gives the memory of the case back; nothing happens without a case."""
        raise NotImplementedError


class Line:
    """Requests from a descriptor, answers to another; nothing the libraries print can get between."""

    def __init__(self) -> None:
        self._answers = os.dup(1)
        os.dup2(2, 1)
        self._pending = os.environ.pop(PENDING, "").encode()

    def read(self) -> bytes | None:
        """The next line, or None at the end of input."""
        while b"\n" not in self._pending:
            part = os.read(0, 65536)
            if not part:
                return None
            self._pending += part
        line, self._pending = self._pending.split(b"\n", 1)
        return line

    def write(self, answer: dict[str, Any]) -> None:
        """Writes one answer whole."""
        rest = (json.dumps(answer, allow_nan=False) + "\n").encode()
        while rest:
            rest = rest[os.write(self._answers, rest) :]

    def restart(self, request: dict[str, Any], environment: dict[str, str]) -> NoReturn:
        """Starts this script anew in the same process, with other environment variables, to do ``request`` first."""
        pending = json.dumps(request) + "\n" + self._pending.decode()
        os.dup2(self._answers, 1)
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **environment, PENDING: pending})


class Restart(Exception):
    """Raised by ``prepare`` when the request needs a process with these environment variables."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__("needs a new start")
        self.environment = environment


def serve(peer: Peer) -> None:
    """Answers requests until ``close`` or the end of input."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    line = Line()
    while (text := line.read()) is not None:
        if not text.strip():
            continue
        request = _parse(text)
        answer = _answer(peer, request, line)
        if isinstance(request, dict) and "id" in request:
            answer["id"] = request["id"]
        line.write(answer)
        if answer.get("closed"):
            return


def _parse(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _answer(peer: Peer, request: Any, line: Line) -> dict[str, Any]:
    try:
        return _dispatch(peer, request)
    except Restart as restart:
        line.restart(request, restart.environment)
    except Refusal as refusal:
        return {"error": str(refusal)}
    except Exception as failure:  # whatever a library throws must become one sentence
        traceback.print_exc()
        return {"error": sentence(failure)}


def _dispatch(peer: Peer, request: Any) -> dict[str, Any]:
    if not isinstance(request, dict) or not isinstance(request.get("op"), str):
        raise Refusal("A request must be one JSON object with a text named op.")
    operations: dict[str, Callable[[], dict[str, Any]]] = {
        "hello": peer.hello,
        "prepare": lambda: _prepare(peer, request),
        "verify": lambda: _or_release(peer, lambda: peer.verify(_steps(request), request.get("out"))),
        "time": lambda: _or_release(peer, lambda: peer.time(_steps(request))),
        "release": lambda: _release(peer),
        "close": lambda: {"closed": True},
    }
    operation = operations.get(request["op"])
    if operation is None:
        raise Refusal(f"There is no op {request['op']}; known are {', '.join(operations)}.")
    return operation()


def _prepare(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
    variant, case, threads = request.get("variant"), request.get("case"), request.get("threads")
    if not isinstance(variant, str) or not isinstance(case, dict):
        raise Refusal("prepare needs a variant (text) and a case (object).")
    if threads is not None and not (isinstance(threads, int) and threads > 0):
        raise Refusal(f"threads must be a whole number above 0, not {threads}.")
    peer.release()
    return _or_release(peer, lambda: peer.prepare(variant, case, threads))


def _or_release(peer: Peer, action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return action()
    except Restart:
        raise
    except Exception:
        peer.release()
        raise


def _release(peer: Peer) -> dict[str, Any]:
    peer.release()
    return {"released": True}


def _steps(request: dict[str, Any]) -> int:
    steps = request.get("steps", 1)
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
        raise Refusal(f"steps must be a whole number above 0, not {steps}.")
    return steps


def sentence(failure: BaseException) -> str:
    """A failure as one sentence."""
    text = str(failure)
    first = next((part.strip() for part in text.splitlines() if part.strip()), "no message")
    if isinstance(failure, MemoryError) or any(word in text.lower() for word in _MEMORY_WORDS):
        return f"Not enough memory for this case: {first[:300]}"
    return f"{type(failure).__name__}: {first[:400]}"


def check_host_memory(needed: int) -> None:
    """Refuses what would not fit the host's free memory: an allocation there is granted and then kills the process."""
    available = _available_bytes()
    if available is not None and needed > available:
        gib = 1 << 30
        raise Refusal(f"Not enough memory: the case needs about {needed / gib:.1f} GiB, {available / gib:.1f} GiB are free.")


def _available_bytes() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as facts:
            return next(int(row.split()[1]) * 1024 for row in facts if row.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None


def wants_cpu() -> bool:
    """Whether the environment forbids the GPU."""
    return os.environ.get(DEVICE, "").lower() == "cpu"


def python_version() -> str:
    """Python's own version."""
    return sys.version.split()[0]


class Files:
    """Result files: where a request says, else in a folder that goes when the script ends."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def path(self, out: str | None, name: str) -> str:
        """Where to write."""
        if out is not None:
            return out
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="rectifier-peer-")
        return os.path.join(self._folder.name, name)


class Clock:
    """Wall and processor time of a span."""

    def __enter__(self) -> Clock:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *ignored: object) -> None:
        self.seconds = time.perf_counter() - self._wall
        self.cpu_seconds = time.process_time() - self._cpu
