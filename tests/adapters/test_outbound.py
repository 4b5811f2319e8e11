"""Calls to the outside go to the machine that was checked, and end in time."""

import gzip
import random
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import pytest

from goodwill.adapters import outbound
from goodwill.adapters.outbound import Unreachable

HOME = frozenset({"127.0.0.1", "localhost"})


@contextmanager
def serving(answer: Any) -> Iterator[int]:
    """A server on loopback whose GET and POST call `answer(handler)`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A caller who hangs up is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _say(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _refused(url: str, **options: Any) -> str:
    with pytest.raises(Unreachable) as caught:
        outbound.target_of(url, **options)
    return caught.value.code


@pytest.mark.parametrize(
    "ip",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104  refused, not bound
            "224.0.0.1",
        ),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"),
        *("fec0::1", "::7f00:1", "::808:808", "64:ff9b:1::a00:1"),
    ],
)
def test_a_private_machine_is_not_public_however_it_is_written(ip: str) -> None:
    assert not outbound.is_public(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_a_public_machine_is_public(ip: str) -> None:
    assert outbound.is_public(ip)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.com/",
            "example.com",
            "http://",
            "http://:80/",
            "http://user:pw@example.com/",
            "//example.com",
        ),
        *("http://example.com:99999/", "http://exa mple.com/", "http://example.com/ä", "http://example.com:0/"),
        *("http://[::1/", "http://example.com/" + "a" * 2_000, "http://example.com/\n"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert _refused(url) == "not_an_address"


def test_a_private_machine_is_refused_unless_its_host_is_named() -> None:
    assert _refused("http://127.0.0.1:8000/") == "private_address"
    assert _refused("http://LOCALHOST/") == "private_address"
    assert _refused("http://2130706433/") in {"private_address", "unknown_host"}
    target = outbound.target_of("http://LocalHost:81/a?b=c", private_hosts=HOME)
    assert (target.host, target.port, target.path, target.host_header) == ("localhost", 81, "/a?b=c", "localhost:81")
    assert outbound.host_of("https://Example.COM/x") == "example.com"


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    assert _refused("https://shop.example/") == "private_address"


def test_a_name_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", found)
    assert _refused("https://shop.invalid/") == "unknown_host"


def test_the_usual_port_is_not_named_and_ipv6_stands_in_brackets() -> None:
    assert outbound.target_of("https://8.8.8.8/").host_header == "8.8.8.8"
    assert outbound.target_of("http://[::1]:8080/", private_hosts={"::1"}).host_header == "[::1]:8080"


def test_a_call_says_method_host_headers_and_body() -> None:
    heard: dict[str, Any] = {}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        heard.update(method=handler.command, path=handler.path, host=handler.headers["Host"], x=handler.headers["X-A"])
        heard["body"] = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        _say(handler, b"thanks", 202, Location="http://127.0.0.1/else")

    with serving(answer) as port:
        target = outbound.target_of(f"http://localhost:{port}/in?k=1", private_hosts=HOME)
        with outbound.call(target, "POST", headers={"X-A": "b"}, body=b"{}") as got:
            assert (got.status, got.body()) == (202, b"thanks")
    assert heard == {"method": "POST", "path": "/in?k=1", "host": f"localhost:{port}", "x": "b", "body": b"{}"}


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        _say(handler, b"", 302, Location="/secret")

    with serving(answer) as port:
        target = outbound.target_of(f"http://127.0.0.1:{port}/", private_hosts=HOME)
        with outbound.call(target, "GET") as got:
            assert got.status == 302
    assert asked == ["/"]


def _code(port: int, **options: Any) -> str:
    target = outbound.target_of(f"http://127.0.0.1:{port}/", private_hosts=HOME)
    with pytest.raises(Unreachable) as caught, outbound.call(target, "GET", **options) as got:
        got.body()
    return caught.value.code


def test_a_body_without_end_is_cut_off() -> None:
    with serving(lambda handler: _say(handler, b"x" * 5_000)) as port:
        assert _code(port, most_bytes=1_000) == "too_large"


def test_an_answer_that_never_begins_and_one_that_drips_end_in_time() -> None:
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.05):
            try:
                handler.wfile.write(b"x" * 70_000)
            except OSError:
                return

    try:
        with serving(lambda handler: over.wait(20)) as port:
            assert _code(port, seconds=0.3) == "too_slow"
        with serving(drip) as port:
            assert _code(port, seconds=0.3, most_bytes=10**9) == "too_slow"
    finally:
        over.set()


def test_a_head_that_comes_drop_by_drop_ends_in_time() -> None:
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not over.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    try:
        with serving(drip) as port:
            began = monotonic()
            assert _code(port, seconds=0.4) == "too_slow"
            assert monotonic() - began < 5
    finally:
        over.set()


@pytest.mark.parametrize("length", [1, 70_000, 3_000_000])
def test_a_packed_answer_is_unpacked_whole_and_one_that_breaks_off_is_none(length: int) -> None:
    body = bytes(random.Random(length).choices(b"abc,\n", k=length))
    packed = gzip.compress(body[: length // 2]) + gzip.compress(body[length // 2 :])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.close_connection = True  # no length is said: the end of the connection is the end of the body
        handler.wfile.write({"/whole": packed, "/cut": packed[:-9], "/other": body, "/none": b""}[handler.path])

    with serving(answer) as port:
        assert _body(port, "/whole", most_bytes=length) == body
        assert _body(port, "/none") == b""
        for path, code in (("/cut", "no_answer"), ("/other", "no_answer")):
            with pytest.raises(Unreachable) as caught:
                _body(port, path, most_bytes=length)
            assert caught.value.code == code
        if length > 1:
            with pytest.raises(Unreachable) as caught:
                _body(port, "/whole", most_bytes=length - 1)
            assert caught.value.code == "too_large"


def _body(port: int, path: str, *, most_bytes: int = 65_536) -> bytes:
    target = outbound.target_of(f"http://127.0.0.1:{port}{path}", private_hosts=HOME)
    with outbound.call(target, "GET", most_bytes=most_bytes) as answer:
        return answer.body()


def test_nobody_there_is_no_answer() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert _code(probe.getsockname()[1]) == "no_answer"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    with serving(lambda handler: _say(handler, b"")) as port:
        target = outbound.target_of(f"https://localhost:{port}/", private_hosts=HOME)
        with pytest.raises(Unreachable) as caught, outbound.call(target, "GET", trust=ssl.create_default_context()):
            raise AssertionError("a plain server was taken for a secure one")
    assert caught.value.code in {"not_trusted", "no_answer"}
