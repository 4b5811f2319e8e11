"""Reading ahead keeps the order, the problems and the end of what is read, and leaves no process behind."""

import multiprocessing
import threading
from collections.abc import Iterator

import pytest

from goodwill.actions import imports_ahead

LARGE = 10_000_000


def numbers(most: int) -> Iterator[int]:
    yield from range(1, most)


def broken() -> Iterator[int]:
    yield 1
    raise ValueError("line 2 is torn")


@pytest.mark.parametrize("ahead", [imports_ahead._by_a_process, imports_ahead._by_a_thread])
def test_every_batch_arrives_once_and_in_order(ahead: object) -> None:
    assert list(ahead(numbers(50))) == list(range(1, 50))  # type: ignore[operator]
    assert list(ahead(numbers(1))) == []  # type: ignore[operator]


@pytest.mark.parametrize("ahead", [imports_ahead._by_a_process, imports_ahead._by_a_thread])
def test_what_goes_wrong_while_reading_is_raised_where_the_batches_are_used(ahead: object) -> None:
    arriving = ahead(broken())  # type: ignore[operator]
    assert next(arriving) == 1
    with pytest.raises(ValueError, match="line 2 is torn"):
        next(arriving)


def test_nobody_is_left_behind_when_the_import_stops_early() -> None:
    arriving = imports_ahead._by_a_process(numbers(10_000))
    assert next(arriving) == 1
    arriving.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_beside_other_threads_nothing_is_forked() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert list(imports_ahead.read_ahead(numbers(3), size=LARGE)) == [1, 2]
        assert multiprocessing.active_children() == []
    finally:
        done.set()
        other.join()
