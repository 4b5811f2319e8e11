"""Outbound: one call to an address outside, made to the very machine that was checked.

A name is looked up once, every address it has is judged, and the connection goes to one of those: asking twice would
let a name answer "public" to the check and "private" to the call. Redirects are not followed.
"""

import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

LONGEST_ADDRESS = 2_000
_CHUNK = 65_536
_GZIP = 16 + zlib.MAX_WBITS
_AT_HOME = (ipaddress.ip_network("::/96"), ipaddress.ip_network("64:ff9b:1::/48"), ipaddress.ip_network("fec0::/10"))
"""What Python takes for public, and machines may still route at home: IPv4 written as IPv6 in a way given up long ago,
a network's own translation to IPv4 (RFC 8215), and site-local addresses."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """The call was not made or did not end. `code` is one of: not_an_address, private_address, unknown_host,
    no_answer, not_trusted (its certificate), too_slow, too_large. The text names no path and no secret."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be called: the machine that was checked, and the words to say to it."""

    is_secure: bool
    host: str
    ip: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The host as the request names it: with its port where that is not the usual one, IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


class Answer:
    """What came back. The body is read as it arrives, and no further than was allowed."""

    def __init__(self, raw: urllib3.BaseHTTPResponse, *, most_bytes: int, until: float) -> None:
        self.status = raw.status
        self.headers: Mapping[str, str] = raw.headers
        self._raw, self._most, self._until = raw, most_bytes, until

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces; raises Unreachable where it grows too large or comes too slowly."""
        seen = 0
        try:
            for chunk in self._pieces():
                seen += len(chunk)
                if seen > self._most:
                    raise Unreachable("too_large")
                if monotonic() > self._until:
                    raise Unreachable("too_slow")
                yield chunk
        except zlib.error:
            raise Unreachable("no_answer") from None
        except HTTPError as problem:
            raise _unreachable(problem, is_over=monotonic() >= self._until) from None

    def _pieces(self) -> Iterator[bytes]:
        is_gzip = self.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")
        # one piece as it arrives: waiting for a full chunk would let a body that drips outlast its time
        pieces = iter(lambda: self._raw.read1(_CHUNK, decode_content=not is_gzip), b"")
        return _gunzipped(pieces) if is_gzip else pieces

    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks())


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces unpacked, a little at a time. The library takes a body that breaks off for a whole one where nobody
    said how long it is; here its own end has to come. Raises zlib.error and Unreachable."""
    unpack, has_begun = zlib.decompressobj(_GZIP), False
    for piece in pieces:
        has_begun, left = True, piece
        while left:
            if unpack.eof:
                unpack = zlib.decompressobj(_GZIP)  # several may follow one another
            yield unpack.decompress(left, _CHUNK)
            left = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
    yield unpack.flush()
    if has_begun and not unpack.eof:
        raise Unreachable("no_answer")


def host_of(url: str) -> str:
    """The host that an address names, in lower case; raises Unreachable where it is no http(s) address."""
    return _parts(url)[1]


def target_of(url: str, *, private_hosts: Collection[str] = ()) -> Target:
    """Look the address up and judge it. Private, loopback, link-local and reserved machines are refused unless the
    host (a name or an address, in lower case) is among `private_hosts`. Raises Unreachable."""
    is_secure, host, port, path = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("unknown_host") from None
    ips = [str(sockaddr[0]) for *_, sockaddr in found]
    if host not in private_hosts and not all(is_public(ip) for ip in ips):
        raise Unreachable("private_address")
    return Target(is_secure, host, ips[0], port, path)


def is_public(ip: str) -> bool:
    """Whether the whole internet reaches this address: the addresses that hide another inside are opened first."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if not hidden and address in _NAT64:
            hidden = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if any(address in network for network in _AT_HOME):
            return False
        if hidden and not is_public(str(hidden)):
            return False
    return address.is_global and not address.is_multicast


@contextmanager
def call(
    target: Target,
    method: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = 10,
    most_bytes: int = 65_536,
    trust: ssl.SSLContext | None = None,
) -> Iterator[Answer]:
    """Call the target and yield its answer. `seconds` bounds the whole call, `most_bytes` the body. Raises
    Unreachable. `trust` replaces the platform's certificate authorities."""
    until = monotonic() + seconds
    timeout = urllib3.Timeout(connect=min(5.0, seconds), read=seconds)
    pool: urllib3.HTTPConnectionPool
    if target.is_secure:
        pool = urllib3.HTTPSConnectionPool(
            target.ip,
            target.port,
            timeout=timeout,
            ssl_context=trust or ssl.create_default_context(),
            server_hostname=target.host,
            assert_hostname=target.host,
        )
    else:
        pool = urllib3.HTTPConnectionPool(target.ip, target.port, timeout=timeout)
    watch = _hang_up_after(seconds, pool)
    try:
        raw = pool.urlopen(
            method,
            target.path,
            body=body or None,
            headers={"Host": target.host_header, **(headers or {})},
            redirect=False,
            retries=False,
            preload_content=False,
        )
        try:
            if monotonic() >= until:
                raise Unreachable("too_slow")  # a head that was cut off reads like a short one
            yield Answer(raw, most_bytes=most_bytes, until=until)
        finally:
            raw.close()
    except HTTPError as problem:
        raise _unreachable(problem, is_over=monotonic() >= until) from None
    finally:
        watch.cancel()
        pool.close()


def _parts(url: str) -> tuple[bool, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unreachable("not_an_address") from None
    host = (parts.hostname or "").lower()
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_ADDRESS
    if parts.scheme not in ("http", "https") or not host or not plain or parts.username or port == 0:
        raise Unreachable("not_an_address")
    path = parts.path or "/"
    is_secure = parts.scheme == "https"
    return is_secure, host, port or (443 if is_secure else 80), f"{path}?{parts.query}" if parts.query else path


def _hang_up_after(seconds: float, pool: urllib3.HTTPConnectionPool) -> threading.Timer:
    """A clock that ends the call: time-outs of sockets begin anew with every byte, so that an answer whose head comes
    drop by drop would hold the caller for hours."""
    made: list[urllib3.connection.HTTPConnection] = []
    connect = pool.ConnectionCls

    def connected(*words: object, **options: object) -> object:
        made.append(connect(*words, **options))  # type: ignore[arg-type]
        return made[-1]

    def hang_up() -> None:
        for connection in made:
            if connection.sock is not None:
                with suppress(OSError):
                    # the plain socket's own: what TLS would do first belongs to the thread that reads
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    pool.ConnectionCls = connected  # type: ignore[assignment]
    watch = threading.Timer(seconds, hang_up)
    watch.daemon = True
    watch.start()
    return watch


def _unreachable(problem: HTTPError, *, is_over: bool) -> Unreachable:
    if is_over:
        return Unreachable("too_slow")
    if isinstance(problem, urllib3.exceptions.SSLError):
        return Unreachable("not_trusted")
    if isinstance(problem, urllib3.exceptions.NewConnectionError):
        return Unreachable("no_answer")  # it counts as a time-out to the library, but nobody waited
    if isinstance(problem, urllib3.exceptions.TimeoutError):
        return Unreachable("too_slow")
    return Unreachable("no_answer")
