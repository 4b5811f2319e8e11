"""What we sign, the documented receiver takes; what somebody changed or kept for later, it refuses."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examples.webhook_receiver import WINDOW_SECONDS, verify
from goodwill.domain import signatures
from tests.cast import NOW

KEYS = st.binary(min_size=24, max_size=64)
IDS = st.from_regex(r"msg_[a-z2-7]{32}", fullmatch=True)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
BODIES = st.binary(max_size=200)


def takes(secret: str, headers: dict[str, str], body: bytes, at: datetime) -> bool:
    try:
        verify(secret, headers, body, at.timestamp())
    except ValueError:
        return False
    return True


def test_the_signature_is_the_one_of_the_convention() -> None:
    """The example of Standard Webhooks' own libraries."""
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)
    said = signatures.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_window_of_the_documentation_is_ours() -> None:
    assert timedelta(seconds=WINDOW_SECONDS) == signatures.WINDOW


@given(KEYS, IDS, MOMENTS, BODIES, st.integers(-WINDOW_SECONDS + 1, WINDOW_SECONDS - 1))
def test_what_was_signed_is_taken_within_the_window(
    key: bytes, message_id: str, at: datetime, body: bytes, later: int
) -> None:
    secret = signatures.secret_of(key)
    headers = signatures.headers_of([secret], message_id, at, body)
    assert takes(secret, headers, body, at + timedelta(seconds=later))


@given(KEYS, IDS, MOMENTS, BODIES, BODIES, IDS)
def test_what_was_changed_is_refused(
    key: bytes, message_id: str, at: datetime, body: bytes, other: bytes, other_id: str
) -> None:
    assume(body != other and message_id != other_id)
    secret = signatures.secret_of(key)
    headers = signatures.headers_of([secret], message_id, at, body)
    assert not takes(secret, headers, other, at)
    assert not takes(secret, {**headers, "webhook-id": other_id}, body, at)
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert not takes(secret, {**headers, "webhook-timestamp": later}, body, at)
    assert not takes(signatures.secret_of(key[::-1] + b"x"), headers, body, at)


@given(KEYS, IDS, MOMENTS, BODIES, st.integers(WINDOW_SECONDS + 1, 10**6), st.sampled_from([1, -1]))
def test_what_was_kept_for_later_is_refused(
    key: bytes, message_id: str, at: datetime, body: bytes, seconds: int, side: int
) -> None:
    secret = signatures.secret_of(key)
    headers = signatures.headers_of([secret], message_id, at, body)
    assert not takes(secret, headers, body, at + side * timedelta(seconds=seconds))


@given(KEYS, KEYS, IDS, BODIES)
def test_while_a_secret_is_replaced_either_is_enough(old: bytes, new: bytes, message_id: str, body: bytes) -> None:
    secrets = [signatures.secret_of(new), signatures.secret_of(old)]
    headers = signatures.headers_of(secrets, message_id, NOW, body)
    assert all(takes(secret, headers, body, NOW) for secret in secrets)


@pytest.mark.parametrize("lacking", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_message_without_one_of_its_headers_is_refused(lacking: str) -> None:
    secret = signatures.secret_of(b"k" * 32)
    headers = signatures.headers_of([secret], "msg_1", NOW, b"{}")
    del headers[lacking]
    assert not takes(secret, headers, b"{}", NOW)


def test_a_secret_is_read_as_it_was_written() -> None:
    secret = signatures.secret_of(b"\x00\xff" * 16)
    assert secret.startswith("whsec_")
    assert base64.b64decode(secret.removeprefix("whsec_")) == b"\x00\xff" * 16
