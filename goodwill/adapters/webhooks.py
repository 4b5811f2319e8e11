"""Webhooks: judging the address of a receiver, and handing one signed message over."""

from collections.abc import Collection, Mapping

from goodwill import __version__
from goodwill.adapters import outbound
from goodwill.adapters.outbound import Target, Unreachable

SECONDS = 10.0
"""A receiver that has not answered by then has not taken the message."""


def judged(url: str, *, private_hosts: Collection[str]) -> Target:
    """The machine behind an address, looked up now. Raises Unreachable with a code of `outbound`, or `not_encrypted`
    for http to a host that is not one of our own network, named in `private_hosts`."""
    if url[:5].lower() == "http:" and outbound.host_of(url) not in private_hosts:
        raise Unreachable("not_encrypted")
    return outbound.target_of(url, private_hosts=private_hosts)


def send(
    url: str, headers: Mapping[str, str], body: bytes, *, private_hosts: Collection[str], seconds: float = SECONDS
) -> tuple[int, str]:
    """Hand one message over; the status of the answer and its `Retry-After` ("" where there is none). Nothing else of
    the answer is read or kept.

    The address is looked up and judged anew each time: names move. Redirects are not followed. Raises Unreachable.
    """
    said = {
        "Content-Type": "application/json",
        "User-Agent": f"Goodwill/{__version__}",
        "Accept": "*/*",
        **headers,
    }
    target = judged(url, private_hosts=private_hosts)
    with outbound.call(target, "POST", headers=said, body=body, seconds=seconds) as answer:
        return answer.status, answer.headers.get("Retry-After", "")
