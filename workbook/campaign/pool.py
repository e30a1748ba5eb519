"""The same work on one process, on several, or on a cluster: a function over chunks, answers as they come.

A worker that dies takes its chunk with it, not the run: what was under way is tried again one by one, and
what kills a worker then is answered by `lost`. So is a file that trips a fault of ours.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from workbook.campaign.examine import Context, Examined, examine, lost
from workbook.campaign.intake import Arrived
from workbook.problems import UnusableInput

Chunk = tuple[Arrived, ...]
T = TypeVar("T")

CHUNK = 16  # files; small enough that a kill costs little and progress moves
_FEW = 8  # files for which starting processes takes longer than the work
_AHEAD = 2  # chunks waiting per worker: memory stays bounded whatever the number of files

# Faults that one strange file may bring out in us; a broken definition or a full disk is no file's fault.
_FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)

_context: Context | None = None


def chunks_of(items: Sequence[T], size: int = CHUNK) -> list[tuple[T, ...]]:
    """The items in order, cut into chunks."""
    return [tuple(items[at : at + size]) for at in range(0, len(items), size)]


def examine_all(
    items: Sequence[Arrived],
    context: Context,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[list[Examined]]:
    """Examine everything; chunks are answered in whatever order they are done.

    `workers` None: one a processor; 1: in this process. `scheduler` is the address of a Dask scheduler
    whose workers reach the campaign's folder under the same path. Raises UnusableInput where there is none.
    """
    chunks = chunks_of(items)
    if scheduler:
        yield from _on_cluster(chunks, context, scheduler)
        return
    count = workers or min(os.cpu_count() or 1, 61)  # Windows waits for no more than 61 at once
    if count <= 1 or len(items) <= _FEW:
        for chunk in chunks:
            yield answered(chunk, context)
        return
    yield from _on_processes(chunks, context, min(count, len(chunks)))


def answered(chunk: Chunk, context: Context) -> list[Examined]:
    """A chunk's answers; where one file trips a fault of ours, that file's row says so and no other's."""
    try:
        return examine(chunk, context)
    except _FAULTS:
        if len(chunk) == 1:
            return [lost(chunk[0], context)]
        return [answer for item in chunk for answer in answered((item,), context)]


def settle() -> None:
    """Set Python's collector for a process that checks reports for its life.

    What is loaded never goes, and filings, of which a chunk makes tens of thousands of objects, form no
    circles: looking through both again and again would take a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _start(context: Context) -> None:
    global _context  # noqa: PLW0603 - a worker has one context for its life
    _context = context
    settle()


def _work(chunk: Chunk) -> list[Examined]:
    if _context is None:
        raise RuntimeError("worker without a context")
    return answered(chunk, _context)


def _pool(context: Context, workers: int) -> ProcessPoolExecutor:
    # Spawned everywhere, so that Windows' way is the tested way.
    start = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=start, initializer=_start, initargs=(context,))


def _on_processes(chunks: Sequence[Chunk], context: Context, workers: int) -> Iterator[list[Examined]]:
    waiting = list(reversed(chunks))
    suspects: list[Chunk] = []
    while waiting:
        pool = _pool(context, workers)
        under_way: dict[Future[list[Examined]], Chunk] = {}
        try:
            while waiting or under_way:
                while waiting and len(under_way) < workers * _AHEAD:
                    under_way[pool.submit(_work, waiting[-1])] = waiting[-1]
                    waiting.pop()
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    answer = future.result()
                    del under_way[future]
                    yield answer
        except BrokenProcessPool:
            # Any of these may be the killer; those that had only waited are not told apart.
            for future, chunk in under_way.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    yield future.result()
                else:
                    suspects.append(chunk)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    for chunk in suspects:
        yield from _one_by_one(chunk, context)


def _one_by_one(chunk: Chunk, context: Context) -> Iterator[list[Examined]]:
    """A suspect chunk, file by file on one worker that is replaced when it dies."""
    pool = _pool(context, 1)
    try:
        for item in chunk:
            try:
                yield pool.submit(_work, (item,)).result()
            except BrokenProcessPool:
                pool.shutdown(wait=True, cancel_futures=True)
                pool = _pool(context, 1)
                yield [lost(item, context)]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _on_cluster(chunks: Sequence[Chunk], context: Context, scheduler: str) -> Iterator[list[Examined]]:
    try:
        from distributed import Client, KilledWorker, as_completed  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        raise UnusableInput("分布式部分没有装全，请安装 gouji[cluster]，或不用 --scheduler。") from error
    try:
        client = Client(scheduler, timeout="5s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise UnusableInput(f"连不上调度程序“{scheduler}”，请核对地址。") from error
    with client:
        shared = client.scatter(context, broadcast=True)
        waiting: list[tuple[Chunk, bool]] = [(chunk, len(chunk) == 1) for chunk in reversed(chunks)]
        under_way: dict[Any, tuple[Chunk, bool]] = {}
        ahead = max(1, sum(client.nthreads().values())) * _AHEAD
        answers = as_completed(loop=client.loop)
        while waiting or under_way:
            while waiting and len(under_way) < ahead:
                chunk, alone = waiting.pop()
                # Not pure: the same chunk after a death must run again.
                future = client.submit(answered, chunk, shared, pure=False, retries=0)
                under_way[future] = chunk, alone
                answers.add(future)
            future = next(answers)
            chunk, alone = under_way.pop(future)
            try:
                yield future.result()
            except KilledWorker:
                if alone:
                    yield [lost(item, context) for item in chunk]
                else:
                    waiting.extend(((item,), True) for item in chunk)
