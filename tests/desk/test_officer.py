"""The officer's pages: only for her, every decision with her name, nothing forged from elsewhere."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.campaign.city import states_of
from tests.desk.conftest import OFFICER, SECRET, code_of, sign_in
from tests.desk.test_handing_in import GOOD, WRONG, dropped, form_of, handed_in, settled
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.records import State
from workbook.desk import decide, officer, session
from workbook.desk.app import create_app, officers_of
from workbook.desk.session import COOKIE
from workbook.desk.settings import DeskSettings
from workbook.desk.signin import FILE_NAME, Officers
from workbook.problems import UnusableInput

OPEN = {"/officer/signin", "/officer/secret"}


@pytest.fixture
def returned(desk: TestClient, campaign: CampaignFolder, tmp_path: Path) -> str:
    """0101 handed in a report with an error: its receipt's code."""
    path = form_of(campaign, "0101", WRONG, tmp_path / "错.xlsx")
    receipt = handed_in(desk, dropped(desk, code_of(campaign, "0101"), path))
    settled(campaign, receipt)
    return receipt


def decided(desk: TestClient, token: str, step: str, **form: str) -> int:
    data = {"token": token, "step": step} | form
    return desk.post("/officer/unit/0101/decide", data=data, follow_redirects=False).status_code


def test_nothing_of_hers_opens_without_signing_in(desk: TestClient) -> None:
    for route in (*session.ROUTES, *officer.ROUTES, *decide.ROUTES):
        path = route.path.format(unit="0101", key="x", name="x")
        if path in OPEN:
            continue
        for method in (route.methods or set()) - {"HEAD"}:
            answer = desk.request(method, path, data={"token": "x"} if method == "POST" else None,
                                  follow_redirects=False)  # fmt: skip
            if method == "GET":
                assert answer.headers["location"] == "/officer/signin", path
            else:
                assert answer.status_code == 403, path


def test_pages_show_the_campaign(desk: TestClient, campaign: CampaignFolder, returned: str) -> None:
    sign_in(desk)
    assert "共9个单位" in desk.get("/officer").text
    assert "某市科学技术局" in desk.get("/officer/units?state=returned").text
    assert "某市科学技术局" not in desk.get("/officer/units?state=missing").text
    one = desk.get("/officer/unit/0101").text
    assert "BAL-01" in one and returned in one and "某市科学技术局 李某" in one
    texts = desk.get("/officer/reminders").text
    assert "某市财政局：贵单位2025年度" in texts and f"/u/{code_of(campaign, '0102')}" in texts
    assert code_of(campaign, "0103") in desk.get("/officer/links").text
    book = desk.get("/officer/links.xlsx").content
    assert code_of(campaign, "0103").encode() in zipfile.ZipFile(io.BytesIO(book)).read(
        "xl/sharedStrings.xml"
    )
    assert desk.get("/officer/unit/0101/commented").content[:2] == b"PK"
    key = states_of(campaign)["0101"].receipt.key  # type: ignore[union-attr]
    (stored,) = (campaign.inbox / "网页报送").rglob("*.xlsx")
    assert desk.get(f"/officer/file/{key}").content == stored.read_bytes()


def test_return_accept_overrule_lock(desk: TestClient, campaign: CampaignFolder, returned: str) -> None:
    token = sign_in(desk)
    assert decided(desk, token, "accept") == 422  # an error holds it: not without a reason
    causes = re.findall(r'name="cause" value="(\d+)"', desk.get("/officer/unit/0101").text)
    assert decided(desk, token, "overrule", cause=causes[0], reason="") == 422
    for cause in causes:
        assert decided(desk, token, "overrule", cause=cause, reason="情况属实") == 303
    state = states_of(campaign)["0101"]
    assert state.state is State.ACCEPTED and state.history[-1].who == OFFICER
    assert "情况属实" in state.history[-1].reason
    assert "情况属实" in desk.get(f"/u/{code_of(campaign, '0101')}").text
    assert decided(desk, token, "return") == 422
    assert decided(desk, token, "return", reason="总体情况写得太短") == 303
    assert "总体情况写得太短" in desk.get(f"/u/{code_of(campaign, '0101')}").text
    assert states_of(campaign)["0101"].state is State.RETURNED
    assert decided(desk, token, "accept") == 303
    assert decided(desk, token, "lock") == 303
    assert decided(desk, token, "publish", url="javascript:alert(1)", day="2026-01-02") == 422
    assert decided(desk, token, "nothing") == 400
    assert states_of(campaign)["0101"].state is State.LOCKED


def test_forged_forms_are_refused(desk: TestClient, campaign: CampaignFolder, returned: str) -> None:
    token = sign_in(desk)
    assert decided(desk, "", "lock") == 403
    assert decided(desk, token[:-1], "lock") == 403
    for headers in ({"origin": "http://evil"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        data = {"token": token, "step": "return", "reason": "x"}
        answer = desk.post("/officer/unit/0101/decide", data=data, headers=headers)
        assert answer.status_code == 403
    # A token of another session of the same officer is no good either.
    other = sign_in(desk)
    assert decided(desk, token, "return", reason="x") == 403 and other != token


def test_the_session_is_new_and_its_cookie_is_guarded(desk: TestClient) -> None:
    desk.cookies.set(COOKIE, "fixed-by-somebody", domain="desk.local", path="/officer")
    form = {"name": OFFICER, "secret": SECRET}
    answer = desk.post("/officer/signin", data=form, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "fixed-by-somebody" not in cookie
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/officer" in cookie
    assert "Secure" not in cookie  # plain HTTP on the machine itself
    key = re.search(rf"{COOKIE}=([^;]+)", cookie)
    assert key is not None
    token = sign_in(desk)
    mine = desk.cookies.get(COOKIE)
    assert desk.post("/officer/signout", data={"token": token}, follow_redirects=False).status_code == 303
    desk.cookies.clear()
    stolen = desk.get("/officer", headers={"cookie": f"{COOKIE}={mine}"}, follow_redirects=False)
    assert stolen.status_code == 303  # ended on the desk, not only in the browser


def test_behind_tls_the_cookie_is_secure(campaign: CampaignFolder) -> None:
    settings = DeskSettings(
        store=campaign.path / "desk", campaign=campaign.path, workers=1, behind_proxy=True
    )
    officers = officers_of(settings)
    officers.set_secret(OFFICER, SECRET)
    with TestClient(create_app(settings, officers), base_url="http://desk") as client:
        answer = client.post(
            "/officer/signin",
            data={"name": OFFICER, "secret": SECRET},
            headers={"x-forwarded-proto": "https", "x-forwarded-for": "10.1.1.1"},
            follow_redirects=False,
        )
        assert "Secure" in answer.headers["set-cookie"]


def test_wrong_secrets_lock_out_and_are_not_told_apart(desk: TestClient) -> None:
    words = set()
    for name in (OFFICER, "没有这个人"):
        answer = desk.post("/officer/signin", data={"name": name, "secret": "错的口令"})
        assert answer.status_code == 403
        words.add(re.search(r'role="alert">([^<]+)', answer.text)[1])  # type: ignore[index]
    assert len(words) == 1
    for _ in range(5):
        desk.post("/officer/signin", data={"name": OFFICER, "secret": "错的口令"})
    right = desk.post("/officer/signin", data={"name": OFFICER, "secret": SECRET}, follow_redirects=False)
    assert right.status_code == 403 and "太多" in right.text


def test_secrets_are_kept_as_salted_hashes(tmp_path: Path) -> None:
    officers = Officers(tmp_path, tries=5, lockout_minutes=15, session_hours=8)
    with pytest.raises(UnusableInput):
        officers.set_secret("王", "短")
    officers.set_secret("王", SECRET)
    officers.set_secret("李", SECRET)
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert SECRET not in text
    known = json.loads(text)
    assert known["王"][1] != known["李"][1]
    key = officers.sign_in("王", SECRET, "10.0.0.1")
    assert officers.session(key) is not None
    officers.set_secret("王", SECRET + "新")
    assert officers.session(key) is None  # another secret ends her sessions


def test_a_once_only_code_sets_the_first_secret(campaign: CampaignFolder) -> None:
    settings = DeskSettings(store=campaign.path / "desk", campaign=campaign.path, workers=1)
    officers = officers_of(settings)
    code = officers.invite()
    form = {"name": OFFICER, "secret": SECRET, "again": SECRET}
    with TestClient(create_app(settings, officers), base_url="http://desk") as client:
        assert "还没有设置" in client.get("/officer/signin").text
        assert client.post("/officer/secret", data=form | {"code": "0000-0000-0000-0000"}).status_code == 422
        assert client.post("/officer/secret", data=form | {"code": code, "again": "x"}).status_code == 422
        made = client.post("/officer/secret", data=form | {"code": code.lower()}, follow_redirects=False)
        assert made.status_code == 303
        assert client.post("/officer/secret", data=form | {"code": code}).status_code == 422  # used
        sign_in(client)


def test_results_sums_and_everything(desk: TestClient, campaign: CampaignFolder, returned: str) -> None:
    token = sign_in(desk)
    for task, words in (("recheck", "本次核查0个"), ("roll_up", "已汇总")):
        started = desk.post("/officer/chore", data={"token": token, "task": task}, follow_redirects=False)
        assert started.status_code == 303
        until = time.monotonic() + 60
        while "正在" in (text := desk.get("/officer").text) and time.monotonic() < until:
            time.sleep(0.2)
        assert words in text
    assert desk.post("/officer/chore", data={"token": token, "task": "everything"}).status_code == 400
    names = re.findall(r'href="(/officer/results/[^"]+)"', text)
    assert len(names) >= 4
    for name in names:
        assert desk.get(name).headers["content-disposition"].startswith("attachment")
    for name in ("..%2f..%2fledger%2fkey", "%2e%2e", "ledger.sqlite", "../任务设置.xlsx"):
        assert desk.get(f"/officer/results/{name}").status_code == 404
    whole = zipfile.ZipFile(io.BytesIO(desk.get("/officer/everything").content))
    inside = whole.namelist()
    assert any(name.startswith("inbox/网页报送/") for name in inside) and "ledger/ledger.sqlite" in inside
    assert not any(name.endswith("key") or FILE_NAME in name or name.startswith("desk/") for name in inside)
    assert code_of(campaign, "0101").encode() not in whole.read("ledger/ledger.sqlite")
    (stored,) = (campaign.inbox / "网页报送").rglob("*.xlsx")
    assert whole.read(next(n for n in inside if n.startswith("inbox/"))) == stored.read_bytes()


def test_another_link_makes_the_old_one_worthless(desk: TestClient, campaign: CampaignFolder) -> None:
    old = code_of(campaign, "0101")
    token = sign_in(desk)
    desk.post("/officer/unit/0101/link", data={"token": token})
    new = code_of(campaign, "0101")
    assert new != old and desk.get(f"/u/{old}").status_code == 422
    assert "某市科学技术局" in desk.get(f"/u/{new}").text


def test_a_units_pages_show_nothing_of_another(
    desk: TestClient, campaign: CampaignFolder, returned: str, tmp_path: Path
) -> None:
    mine = handed_in(
        desk,
        dropped(desk, code_of(campaign, "0102"), form_of(campaign, "0102", GOOD, tmp_path / "财政.xlsx")),
    )
    settled(campaign, mine)
    theirs = desk.get(f"/u/{code_of(campaign, '0102')}").text
    assert "某市科学技术局" not in theirs and returned not in theirs and "错.xlsx" not in theirs
    copy = desk.get(f"/u/{code_of(campaign, '0102')}/commented")
    assert "%E9%94%99" not in copy.headers.get("content-disposition", "")  # 错
