"""A receiver of webhooks on loopback that behaves as badly as it is told."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.test import override_settings


@dataclass(frozen=True)
class Heard:
    """One request: what stood in it."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """`manners` are how the next requests are answered: a status, a status with its Retry-After, or one of hang,
    close, twice, redirect.

    When they are used up every request is taken (204). `rule` decides by the event instead, where it is set.
    """

    url: str = ""
    manners: deque[Any] = field(default_factory=deque)
    heard: list[Heard] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    rule: Any = None
    under_way: int = 0
    most_under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, *manners: Any) -> None:
        """Answer the next requests so."""
        self.manners.extend(manners)

    def taken(self) -> list[str]:
        """Ids in the order in which they came."""
        return [heard.id for heard in self.heard]

    def entries(self) -> list[int]:
        """The journal's numbers in the order in which they came."""
        return [heard.event["id"] for heard in self.heard]

    def next_manner(self, heard: Heard) -> Any:
        """How this request is answered."""
        with self.lock:
            self.heard.append(heard)
            if self.rule is not None:
                return self.rule(heard)
            return self.manners.popleft() if self.manners else 204


@contextmanager
def receiving(receiver: Receiver | None = None) -> Iterator[Receiver]:
    """A receiver on a free port, whose address the house may call."""
    mine = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard = Heard({name.lower(): value for name, value in self.headers.items()}, body)
            with mine.lock:
                mine.under_way += 1
                mine.most_under_way = max(mine.most_under_way, mine.under_way)
            try:
                self._answer(mine.next_manner(heard))
            finally:
                with mine.lock:
                    mine.under_way -= 1

        def _answer(self, manner: Any) -> None:
            self.close_connection = True
            if manner == "hang":
                mine.released.wait(30)
            elif manner == "close":
                self.wfile.write(b"HTTP/1.1 2")
            elif manner == "twice":
                self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
            elif manner == "redirect":
                self.send_response(302)
                self.send_header("Location", mine.url + "elsewhere")
                self.end_headers()
            else:
                status, retry_after = manner if isinstance(manner, tuple) else (manner, "")
                self.send_response(status)
                if retry_after:
                    self.send_header("Retry-After", retry_after)
                self.end_headers()
                self.wfile.write(b"words that nobody reads")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            """A caller who hangs up is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mine.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        with override_settings(PRIVATE_HOSTS=frozenset({"127.0.0.1"})):
            yield mine
    finally:
        mine.released.set()
        server.shutdown()
        server.server_close()
