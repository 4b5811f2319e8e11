"""How many lists of fifty rows the API answers in a second: a real server with two processes, eight clients.

`python -m bench.api [--orders N]` serves the house that `bench.million` made (made here where it is not there) and
asks it over eight connections that stay open, each for its next list as soon as it has the last one. Server and
clients share the machine. DATABASE_URL is not used: the rows lie in SQLite.
"""

import argparse
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep

from bench.figures import RUNS, Figure
from tests.cluster import free_port

CLIENTS = 8
SECONDS = 5.0
BAR = 300
LISTS = ("promises?limit=50", "orders?limit=50", "customers?limit=50", "journal?limit=50")


def measure() -> list[Figure]:
    """Lists of fifty rows a second by noun, each the middle of three runs; the bar is 300."""
    done = subprocess.run([sys.executable, "-m", "bench.api"], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])["per_second"]
    return [Figure(f"GET /api/v1/{address}", rate, "lists/s", at_least=BAR) for address, rate in found.items()]


def main() -> None:
    """Serve, ask, print one JSON line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--orders", type=int, default=10_000)
    orders = asked.parse_args().orders
    home = Path(tempfile.gettempdir()) / f"goodwill-million-{orders}"
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"GOODWILL_HOME": str(home)}
    if not (home / "import.json").exists():
        words = [sys.executable, "-m", "bench.million", "--orders", str(orders)]
        subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL)
    made = subprocess.run(
        [sys.executable, "-c", "from bench.api import token; token()"],
        *(),
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    secret = made.stdout.strip()
    port = free_port()
    serve = ["-m", "goodwill", "serve", "--no-worker", "--workers", "2", "--port", str(port)]
    environment["GOODWILL_API_PER_MINUTE"] = "10000000"
    server = subprocess.Popen(
        [sys.executable, *serve], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port)
        found = {address: round(median(rate(port, address, secret) for _ in range(RUNS)), 1) for address in LISTS}
    finally:
        server.terminate()
        server.wait(30)
    print(json.dumps({"orders": orders, "cores": os.cpu_count(), "clients": CLIENTS, "per_second": found}))


def token() -> None:
    """Make a token for the head and print it."""
    from goodwill.cli.opening import open_house

    open_house()
    from goodwill.actions import tokens
    from goodwill.domain.tokens import Access
    from goodwill.domain.viewers import OPERATOR
    from goodwill.store.people import Person

    at = datetime.now(UTC)
    head = Person.objects.get(email="head@bench.example")
    head.tokens.all().delete()
    made = tokens.make(head.pk, "bench", list(Access), expires_at=at + timedelta(days=1), by=OPERATOR, at=at)
    assert isinstance(made, tokens.Made)
    print(made.secret)


def _await(port: int) -> None:
    until = monotonic() + 60
    while monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5).read()
        except OSError:
            sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def rate(port: int, address: str, secret: str) -> float:
    """Whole answers a second over all connections, after each has had one."""
    asked = (
        f"GET /api/v1/{address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n\r\n"
    ).encode()
    waiting = selectors.DefaultSelector()
    buffers: dict[socket.socket, bytearray] = {}
    for _ in range(CLIENTS):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(asked)
        buffers[client] = bytearray()
        waiting.register(client, selectors.EVENT_READ)
    answered, began = 0, perf_counter()
    while perf_counter() - began < SECONDS:
        for key, _ in waiting.select(timeout=5):
            asker = key.fileobj
            assert isinstance(asker, socket.socket)
            buffer = buffers[asker]
            buffer += asker.recv(1 << 18)
            if _is_whole(buffer):
                assert buffer.startswith(b"HTTP/1.1 200"), bytes(buffer[:200])
                buffer.clear()
                answered += 1
                asker.sendall(asked)
    taken = perf_counter() - began
    for client in buffers:
        client.close()
    return answered / taken


def _is_whole(buffer: bytearray) -> bool:
    head, found, body = bytes(buffer).partition(b"\r\n\r\n")
    if not found:
        return False
    name = b"content-length: "
    at = head.lower().find(name)
    assert at >= 0, head
    return len(body) >= int(head[at + len(name) :].split(b"\r\n", 1)[0])


if __name__ == "__main__":
    main()
