"""Two thousand spoilt files in CI; the run of a hundred thousand is recorded in record.json."""

from __future__ import annotations

import io
import random
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.fuzz.bases import bases
from tests.fuzz.mutate import MEGABYTES, SECONDS, Record, Worker, complaint, is_damaged, run
from tests.fuzz.mutations import mutated
from tests.fuzz.worker import STAGES
from workbook.files.amend import Amendment, Note, amended
from workbook.files.archive import Archive

FOUND = Path(__file__).parent / "found"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits from outside need POSIX")


def test_two_thousand_spoilt_files() -> None:
    record = run(Record(count=2_000, seed=20261123))
    assert record.failures == []
    assert record.read + record.refused == 2_000
    assert min(record.read, record.refused) > 300  # neither all harmless nor all hopeless
    assert record.slowest <= SECONDS and record.peak <= MEGABYTES


@pytest.mark.parametrize("path", sorted(FOUND.iterdir()), ids=lambda path: path.name)
def test_a_case_once_found_stays_mended(path: Path) -> None:
    worker = Worker()
    try:
        stage = next((word for word in STAGES if word in path.stem.split("-")), "read")
        answer = worker.check(path, stage)
    finally:
        worker.close()
    assert complaint(path.name, path.read_bytes(), answer) == ""


def test_our_notes_in_a_part_spelt_otherwise_are_replaced() -> None:
    """Found: the part was dropped under its own name and written again under another."""
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.save(stream)
    notes = Amendment(notes=(Note("Sheet", "B2", "甲"),))
    with Archive.open(stream.getvalue()) as archive:
        once, _ = amended(archive, notes)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(once)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(
                name.replace("comments1", "Comments1").replace("vmlDrawing", "VMLdrawing"), old.read(name)
            )
    with Archive.open(out.getvalue()) as archive:
        twice, outcome = amended(archive, notes)
    assert len(outcome.removed) == len(outcome.placed) == 1
    assert openpyxl.load_workbook(io.BytesIO(twice))["Sheet"]["B2"].comment is not None


def test_the_same_seed_makes_the_same_file() -> None:
    data = bases()["bare.xlsx"]
    assert mutated(data, random.Random("5:7")) == mutated(data, random.Random("5:7"))
    assert is_damaged(data[:-1]) and not is_damaged(data)
