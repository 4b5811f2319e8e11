"""Reading ahead: the next batch of a file is read while the database takes this one in."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from goodwill.store import bulk

T = TypeVar("T")
_WORTH_A_PROCESS = 1_000_000
"""Bytes: below, the start of a process costs more than it saves."""


def read_ahead(batches: Iterator[T], *, size: int) -> Iterator[T]:
    """The same batches in the same order; `size` is the file's, in bytes.

    A process of its own reads a large file, so that two cores work on an import. It is forked, and a fork copies
    the calling thread only: where there are others (in the worker), whose locks nobody would let go of, a thread
    reads ahead if the database is another process, and nobody does where it is not.
    """
    if size >= _WORTH_A_PROCESS and "fork" in get_all_start_methods() and threading.active_count() == 1:
        return _by_a_process(batches)
    return _by_a_thread(batches) if bulk.works_elsewhere() else batches


def _by_a_process(batches: Iterator[T]) -> Iterator[T]:
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    # It ends when it cannot send any more: however this process ends, nobody is left behind.
    reader = context.Process(target=_send, args=(batches, there, here), daemon=True)
    reader.start()
    there.close()
    try:
        while True:
            batch, problem = here.recv()
            if problem is not None:
                raise problem
            if batch is None:
                return
            yield batch
    finally:
        here.close()
        reader.join()


def _send(batches: Iterator[T], there: Connection, here: Connection) -> None:
    """The reader's whole life. It must not touch the database: the connection is its parent's."""
    here.close()
    with suppress(BrokenPipeError):
        try:
            for batch in batches:
                there.send((batch, None))
            there.send((None, None))
        except BrokenPipeError:
            raise
        except Exception as problem:  # noqa: BLE001  whatever it is, it is the parent's to raise
            there.send((None, problem))


def _by_a_thread(batches: Iterator[T]) -> Iterator[T]:
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch
