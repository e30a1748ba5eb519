"""What stands before the pages: sizes, rates, origins, names that nobody may guess."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from workbook.desk.app import create_app
from workbook.desk.settings import DeskSettings
from workbook.desk.visits import NoSuchVisit, Visits, safe_name
from workbook.problems import UnwritableOutput
from workbook.resources import template_folder

SAMPLE = (template_folder() / "ningbo-2019.json").read_bytes()


def dropped(client: TestClient) -> str:
    answer = client.post("/check", files={"file": ("年报.json", SAMPLE)}, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_every_answer_carries_the_headers(client: TestClient) -> None:
    for path in ("/", "/nowhere", "/static/desk.css", "/openapi.json", dropped(client)):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_pages_are_whole_chinese_and_never_a_traceback(client: TestClient) -> None:
    for path, status in (("/", 200), ("/nowhere", 404), ("/visit/x", 404), ("/check", 405)):
        answer = client.get(path)
        assert answer.status_code == status
        assert 'lang="zh-CN"' in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize("token", ["%2e%2e", "..%2f..%2fetc", "a" * 22, "a" * 23, "blank-2021.xlsx"])
def test_another_visit_cannot_be_guessed_or_climbed_to(client: TestClient, token: str) -> None:
    for tail in ("", "/commented", "/repaired"):
        assert client.get(f"/visit/{token}{tail}").status_code == 404


@pytest.mark.parametrize("token", ["..", "../..", "/etc", "", "A" * 21 + "\n", "A" * 22 + "\n"])
def test_a_name_of_another_shape_is_no_visit(tmp_path: Path, token: str) -> None:
    with pytest.raises(NoSuchVisit):
        Visits(tmp_path, keep_hours=1, most=1_000).find(token)


def test_a_form_from_another_site_is_refused(client: TestClient) -> None:
    files = {"file": ("年报.json", SAMPLE)}
    for headers in ({"origin": "http://evil"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/check", files=files, headers=headers).status_code == 403
    own = {"origin": "http://desk", "sec-fetch-site": "same-origin"}
    assert client.post("/check", files=files, headers=own, follow_redirects=False).status_code == 303


def test_too_large_too_many_too_often(tmp_path: Path) -> None:
    tight = DeskSettings(store=tmp_path / "desk", workers=1, body=100_000, files=2, requests_a_minute=8)
    with TestClient(create_app(tight), base_url="http://desk") as client:
        assert client.post("/check", files={"file": ("a.xlsx", b"x" * 200_000)}).status_code == 413

        def endless() -> object:
            for _ in range(30):
                yield b"x" * 10_000

        kind = {"content-type": "multipart/form-data; boundary=x"}
        assert client.post("/check", content=endless(), headers=kind).status_code in (400, 413)
        many = [("file", (f"{n}.json", b"{}")) for n in range(3)]
        assert client.post("/check", files=many).status_code == 400
        answers = [client.get("/").status_code for _ in range(8)]
        assert answers[0] == 200 and answers[-1] == 429


def test_what_was_uploaded_never_comes_back_as_a_page(client: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    body = SAMPLE.replace("宁波市科技局".encode(), evil.encode())
    answer = client.post("/check", files={"file": (f"{evil}.json", body)})
    assert evil not in answer.text and "alert(1)" in answer.text
    bad = client.post("/check", files={"file": ("a.html.xlsx", f"<html>{evil}".encode())})
    assert evil not in bad.text


def test_downloads_are_attachments(client: TestClient) -> None:
    answer = client.get("/blank/2021")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert client.get("/blank/1999").status_code == 404


def test_what_nobody_submits_is_deleted_after_its_time(tmp_path: Path) -> None:
    visits = Visits(tmp_path, keep_hours=0.5 / 3600, most=10_000)
    visit = visits.begin("年报.xlsx", b"PK", None, None)
    assert visits.find(visit.token) == visit and visits.sweep() == 0
    time.sleep(0.7)
    with pytest.raises(NoSuchVisit):
        visits.find(visit.token)
    assert visits.sweep() == 1 and not list(tmp_path.iterdir())


def test_a_full_store_is_said_and_recovers(tmp_path: Path) -> None:
    visits = Visits(tmp_path, keep_hours=0, most=1_000)
    visits.begin("a.xlsx", b"x" * 900, None, None)
    with pytest.raises(UnwritableOutput, match="暂存"):
        visits.begin("b.xlsx", b"x" * 900, None, None)
    time.sleep(0.05)
    visits.sweep()
    visits.begin("b.xlsx", b"x" * 900, None, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\年报\\某局.xlsx", "某局.xlsx"),
        ("a\u202exslx.exe\x00", "axslx.exe"),
        ("", "文件"),
        ("年" * 500 + ".xlsx", "年" * 120 + ".xlsx"),
    ],
)
def test_names_are_shown_without_folders_and_tricks(given: str, kept: str) -> None:
    assert safe_name(given) == kept
