"""Our programs as processes of their own that have imported everything already.

Of the processor that a command costs two thirds are imports. Here a process that has made them forks, and its
child does what `python -m`, `-c` or a script would, with an environment, streams and settings of its own.
`run` and `start` take and give what `subprocess.run` and `subprocess.Popen` do. Tests of how Python itself is
started (its flags, what is imported and when) stay with subprocess.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import random
import runpy
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
# Read anew by each: the settings, and what is made of them when it is imported.
OF_SETTINGS = ("libertad.web.settings", "libertad.web.wsgi", "libertad.web.asgi", "libertad.web.preload")
LONGEST = 1 << 20  # of a request, at once
STARTS = 300.0  # seconds; a guard, nothing is measured by it


class Forked:
    """As a Popen whose streams are files."""

    def __init__(self, args: list[str], pid: int, told: socket.socket) -> None:
        self.args, self.pid, self._told = args, pid, told
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def _end(self) -> None:
        self.returncode = int(self._told.recv(64) or -signal.SIGKILL)
        self._told.close()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Parent:
    """The process that forks: one for each process of tests, from the first that asks."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="libertad-warm-")
        self.address = os.path.join(self.folder.name, "s")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", self.address],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "LIBERTAD_HOME": self.folder.name},
            stdin=subprocess.PIPE,
        )
        until = time.monotonic() + STARTS
        while not os.path.exists(self.address):
            assert self.process.poll() is None and time.monotonic() < until
            time.sleep(0.01)

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()  # with which it ends
        self.process.wait()
        self.folder.cleanup()


_parents: dict[int, _Parent] = {}
_kept: list[ModuleType] = []  # modules that are taken away while their code runs


def _parent() -> _Parent:
    if os.getpid() not in _parents:
        _parents[os.getpid()] = parent = _Parent()
        atexit.register(parent.end)
    return _parents[os.getpid()]


def start(
    args: Sequence[str | Path],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
) -> Forked:
    """`args`: [sys.executable, ...]. Streams: files, or DEVNULL; None for this process's own."""
    program = [str(part) for part in args]
    assert program[0] == sys.executable
    request = {
        "argv": program[1:],
        "cwd": str(cwd or os.getcwd()),
        "env": dict(os.environ if env is None else env),
    }
    with open(os.devnull, "r+b") as nowhere:
        streams = [given if given is not None else own for own, given in enumerate((stdin, stdout, stderr))]
        streams = [nowhere if stream == subprocess.DEVNULL else stream for stream in streams]
        files = [stream if isinstance(stream, int) else stream.fileno() for stream in streams]
        told = socket.socket(socket.AF_UNIX)
        told.connect(_parent().address)
        socket.send_fds(told, [json.dumps(request).encode() + b"\n"], files)
    return Forked(program, int(told.makefile("rb", buffering=0).readline()), told)


def run(
    args: Sequence[str | Path],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    input: str = "",
    timeout: float | None = None,
    check: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Always with its output as text, and without a terminal."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(input.encode())
        given.seek(0)
        process = start(args, cwd=cwd, env=env, stdin=given, stdout=out, stderr=err)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    done = subprocess.CompletedProcess(process.args, process.wait(), *texts)
    if check:
        done.check_returncode()
    return done


# In the process that forks.


def _import_all() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "libertad.web.settings.test"
    django.setup()
    import uvicorn  # noqa: F401
    from django.template import TemplateSyntaxError, engines
    from django.test import signals  # noqa: F401  what depends on settings is forgotten by them
    from django.urls import get_resolver

    import libertad.cli
    import libertad.web.demo_urls
    import libertad.web.urls  # noqa: F401
    from libertad.access.matrix import matrix
    from libertad.vocabulary import codelists
    from libertad.web import preload

    for urls in ("libertad.web.urls", "libertad.web.demo_urls"):
        get_resolver(urls)._populate()
    matrix()
    for path in codelists.FOLDER.glob("*.yaml"):
        codelists.codelist(path.stem)
    for name in preload.templates():
        with suppress(TemplateSyntaxError):
            engines["django"].get_template(name)


def _fork_for_each(address: str) -> tuple[dict[str, Any], list[int]] | None:
    """None when the tests have ended; in a child, what it is to be and its streams."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address + "~")
    listening.listen(64)
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    signal.set_wakeup_fd(wakes)
    os.rename(address + "~", address)
    asking: dict[int, socket.socket] = {}
    watched: list[Any] = [0, woken, listening]
    while True:
        ready: list[Any] = select.select(watched, [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            _tell_ended(asking)
        if listening in ready:
            told, _ = listening.accept()
            text, files, _, _ = socket.recv_fds(told, LONGEST, 3)
            while not text.endswith(b"\n"):
                text += told.recv(LONGEST)
            request = json.loads(text)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for end in (woken, wakes):
                    os.close(end)
                for each in (listening, told, *asking.values()):
                    each.close()
                return request, list(files)
            for file in files:
                os.close(file)
            told.sendall(b"%d\n" % pid)
            asking[pid] = told
        if 0 in ready:  # nobody tests any more
            return None


def _tell_ended(asking: dict[int, socket.socket]) -> None:
    for pid in list(asking):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            with suppress(OSError), asking.pop(pid) as told:
                told.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def _become(request: dict[str, Any], files: list[int]) -> None:
    """Another process: its streams, folder and environment, with nothing kept of the parent's settings."""
    for own, file in enumerate(files):
        os.dup2(file, own)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    time.tzset()
    random.seed()

    from rich.console import Console

    from libertad.commands import start as starting
    from libertad.web import health, tracing

    Console.__init__(starting.out, highlight=False)
    Console.__init__(starting.err, stderr=True, highlight=False)
    tracing.PROCESS, health.STARTED = secrets.token_hex(8), time.time()
    _forget_settings()


def _forget_settings() -> None:
    """The next who asks for a setting reads all of them; what was made of those that differ is forgotten."""
    from django import conf
    from django.db import connections
    from django.db.utils import ConnectionHandler
    from django.utils import functional

    settings: Any = conf.settings
    lazy: Any = type(settings)
    before = settings._wrapped
    for name in [name for name in sys.modules if name.startswith(OF_SETTINGS)]:
        del sys.modules[name]

    def setup(self: Any, name: str | None = None) -> None:
        lazy._setup = read
        read(self, name)
        after = self._wrapped
        from django.test.signals import setting_changed

        for setting in sorted(name for name in {*dir(before), *dir(after)} if name.isupper()):
            value = getattr(after, setting, None)
            if value != getattr(before, setting, None) and setting != "DATABASES":
                setting_changed.send(sender=None, setting=setting, value=value, enter=True)

    read = lazy._setup
    settings.__dict__.clear()
    settings.__dict__["_wrapped"] = functional.empty
    lazy._setup = setup
    ConnectionHandler.__init__(connections)
    connections.__dict__.pop("settings", None)


def _execute(program: list[str]) -> None:
    match program:
        case ["-m", module, *rest]:
            sys.modules.pop(module, None)
            sys.path.insert(0, os.getcwd())
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case ["-c", code, *rest]:
            sys.path.insert(0, "")
            sys.argv = ["-c", *rest]
            _kept.append(sys.modules["__main__"])
            sys.modules["__main__"] = main = ModuleType("__main__")
            exec(compile(code, "<string>", "exec"), main.__dict__)
        case [script, *rest]:
            sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
            sys.argv = [script, *rest]
            runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    _import_all()
    gc.freeze()
    gc.collect()
    asked = _fork_for_each(sys.argv[1])
    if asked:
        _become(*asked)
        _execute(asked[0]["argv"])
