"""The API and the page give what the command line prints."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from tests.filled import save_form, zeros
from workbook.cli import main
from workbook.desk.app import create_app
from workbook.desk.settings import DeskSettings
from workbook.resources import template_folder

SAMPLE = template_folder() / "ningbo-2019.json"
_FILES = 100


def spoilt(folder: Path, number: int) -> Path:
    """A filled form with a few figures changed, the same for the same number."""
    chance = random.Random(number)
    edition = chance.choice(("2019", "2021"))
    figures: dict[str, Any] = zeros(edition)
    for cell in chance.sample(sorted(figures), chance.randrange(0, 6)):
        figures[cell] = chance.choice([chance.randrange(30), -1, "/", "3件", None])
    return save_form(folder / f"年报 {number}.xlsx", edition, figures)


def test_command_line_api_and_page_find_the_same(
    client: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [spoilt(tmp_path, number) for number in range(_FILES)]
    main(["check", "--json", *map(str, paths)])
    expected = json.loads(capsys.readouterr().out)
    for start in range(0, _FILES, 20):
        files = [("file", (path.name, path.read_bytes())) for path in paths[start : start + 20]]
        answered = client.post("/api/check", files=files)
        assert answered.status_code == 200
        for theirs, ours in zip(expected[start : start + 20], answered.json(), strict=True):
            assert {**theirs, "file": ""} == {**ours, "file": ""}
    for path, document in zip(paths, expected, strict=True):
        made = client.post(
            "/check", files={"file": (path.name, path.read_bytes())}, headers={"accept": "application/json"}
        )
        shown = client.get(f"/visit/{made.json()['token']}").text
        for finding in document["findings"]:
            assert finding["rule"] in shown
        assert shown.count('class="finding ') == len({f["cause"] for f in document["findings"]})


def test_facts_and_narrative(client: TestClient) -> None:
    body = SAMPLE.read_bytes()
    facts = client.post("/api/facts", content=body, headers={"content-type": "application/json"})
    assert facts.status_code == 200
    assert facts.json()["facts"]["applications.received[natural_person]"] == 5
    written = client.post("/api/narrate", files={"file": ("a.json", body)}).json()
    assert "".join(s["text"] for s in written["sentences"][:1]) in written["text"]
    assert any(s["cells"] for s in written["sentences"])


def test_last_years_report_goes_with_it(client: TestClient, tmp_path: Path) -> None:
    now = save_form(
        tmp_path / "今年.xlsx", "2021", zeros("2021") | {"applications.carried_forward[total]": 0}, year=2022
    )
    before = save_form(
        tmp_path / "去年.xlsx",
        "2021",
        zeros("2021") | {"applications.carried_forward[natural_person]": 3,
                         "applications.carried_forward[total]": 3},
        year=2021,
    )  # fmt: skip
    files = {"file": (now.name, now.read_bytes()), "previous": (before.name, before.read_bytes())}
    [document] = client.post("/api/check", files=files).json()
    assert "YOY-01" in {finding["rule"] for finding in document["findings"]}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"", "application/json", 422),
        (b"x", "text/plain", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n", "multipart/form-data", 400),
        (b"file=1", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_report_is_said(client: TestClient, content: bytes, kind: str, status: int) -> None:
    for path in ("/api/check", "/api/facts", "/api/narrate"):
        answered = client.post(path, content=content, headers={"content-type": kind})
        assert answered.status_code == status
        problem = answered.json()
        words = problem[0]["problem"] if isinstance(problem, list) else problem["problem"]
        assert "一" <= words[0] <= "龥" or words[0] in "“"


def test_nothing_of_an_api_call_stays(client: TestClient, settings: DeskSettings) -> None:
    client.post("/api/check", files={"file": ("a.json", SAMPLE.read_bytes())})
    assert list(settings.store.iterdir()) == []


_schema = schemathesis.openapi.from_path(Path(__file__).parents[2] / "workbook" / "desk" / "openapi.json")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    app = create_app(
        DeskSettings(store=tmp_path_factory.mktemp("desk"), workers=1, requests_a_minute=100_000)
    )
    with TestClient(app, base_url="http://desk"):
        yield app


@_schema.parametrize()
@hypothesis_settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_the_api_is_as_it_says(case: Any, served: Any) -> None:
    # A schema cannot say what makes a file a report: bytes of the right type may be refused (422).
    case.call_and_validate(app=served, excluded_checks=[positive_data_acceptance])
