"""Serving: the web server and the worker as one tree of processes that starts and stops together."""

import http.client
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable

import click

logger = logging.getLogger(__name__)

_WORKER_PATIENCE_SECONDS = 20
_RESTART_SECONDS = 2.0
_SERVER_LOG = {"formatters": {}, "handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}}
"""The web server's own lines go where ours go, in the same shape."""


def is_loopback(host: str) -> bool:
    """True for an address that only this machine reaches."""
    return host in ("localhost", "::1") or host.startswith("127.")


def address(host: str, port: int) -> str:
    """What to type into a browser."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{port}"


def name_address(host: str, port: int) -> None:
    """Let links carry the address we serve under, unless the environment names another. Call before the house opens."""
    if is_loopback(host):
        os.environ.setdefault("GOODWILL_URL", address(host, port))


def refuse_taken_port(host: str, port: int) -> None:
    """One clear line where somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({problem.strerror or problem}); choose another with --port"
            ) from None


class WorkerKeeper:
    """Runs the worker as a child, and starts it again where it dies. The child stops when this process is gone."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._child = self._start()
        self._thread = threading.Thread(target=self._watch, name="worker-keeper", daemon=True)
        self._thread.start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "goodwill", "worker", "--as-child"]
        return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  our own program

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                code = self._child.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                continue
            if not self._stop.wait(_RESTART_SECONDS):
                logger.warning("The worker ended (%s) and is started again.", code)
                self._child = self._start()

    def let_go(self) -> None:
        """Close a forked copy of the pipe: the worker stops when its last writer is gone, and that shall be us."""
        if self._child.stdin:
            self._child.stdin.close()

    def stop(self) -> None:
        """Ask it to stop, wait, and insist in the end."""
        self._stop.set()
        self._thread.join()
        self._child.terminate()
        try:
            self._child.wait(timeout=_WORKER_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def run(host: str, port: int, *, workers: int, with_worker: bool, when_ready: Callable[[], None]) -> None:
    """Serve until told to stop; `when_ready` is called once the first page has been answered."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "goodwill.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.warning,
        log_dictconfig=_SERVER_LOG,
    )
    # Each web process counts its requests there, and any of them adds all up; before anything imports the counters.
    counts = tempfile.mkdtemp(prefix="goodwill-figures-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
    if hasattr(signal, "SIGHUP"):
        # A closed terminal means stop, not start anew.
        server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    connections.close_all()  # the server forks: its children must not share our connection
    keeper = WorkerKeeper() if with_worker else None
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_follow_parent)
        if keeper:
            os.register_at_fork(after_in_child=keeper.let_go)
    stumbled: list[Exception] = []

    def announce() -> None:
        try:
            _await_first_page(host, port)
            when_ready()
        except Exception as problem:  # noqa: BLE001  raised again below, once everything has stopped
            stumbled.append(problem)
            server.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    threading.Thread(target=announce, daemon=True).start()
    try:
        server.serve()
    finally:
        if keeper:
            keeper.stop()
        shutil.rmtree(counts, ignore_errors=True)
    if stumbled:
        raise stumbled[0]


def _follow_parent() -> None:
    """In a web process: stop when the one who started us is gone, however it went."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _await_first_page(host: str, port: int) -> None:
    shown = address(host, port).removeprefix("http://")
    while True:
        connection = http.client.HTTPConnection(shown, timeout=30)
        try:
            connection.request("GET", "/", headers={"Host": f"127.0.0.1:{port}"})
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
