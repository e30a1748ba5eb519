"""上报包: a county's figures, states and explanations taken over by the city; hostile packages refused."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.city import OFFICER, UNITS, YEAR, check, hand_in, handed_out, states_of
from workbook.campaign.decisions import pass_over
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.campaign.package import make_package, merge_package, read_package
from workbook.campaign.records import State
from workbook.files.archive import assemble, pack
from workbook.problems import UnusableInput

RECEIVED = "applications.received[natural_person]"
COUNTY = tuple(unit for unit in UNITS if unit.code.startswith("02"))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county that ran its own campaign: one accepted, one overruled, one given back, one missing."""
    from dataclasses import replace

    own = tuple(replace(unit, parent=None if unit.code == "02" else "02") for unit in COUNTY)
    folder = handed_out(tmp_path_factory.mktemp("县") / "年报", units=own)
    hand_in(folder, "02", {RECEIVED: 3, "applications.dispositions.granted[natural_person]": 3})
    hand_in(folder, "0201", {RECEIVED: 5})
    hand_in(folder, "0202", {RECEIVED: 7})
    check(folder)
    pass_over(folder, "0201", "县里已核对", hand=OFFICER)
    out = tmp_path_factory.mktemp("上报") / "某县 上报包.zip"
    assert make_package(folder, out, hand=OFFICER) == 4
    return out


def test_the_city_takes_over_states_figures_and_reasons(package: Path, campaign: CampaignFolder) -> None:
    merged = merge_package(campaign, package, OFFICER)
    assert (merged.units, merged.unknown) == (4, 0)
    states = states_of(campaign)
    assert states["02"].state is State.ACCEPTED
    assert states["0201"].state is State.ACCEPTED
    assert states["0202"].state is State.RETURNED
    assert states["0203"].state is State.MISSING
    with Ledger(campaign.ledger) as ledger:
        figures = {item.unit: item.values for item in ledger.figures()}
        reasons = {item.overruled for unit, item in ledger.current_findings() if unit == "0201"}
    assert next(value for cell, value in figures["02"].items() if str(cell) == RECEIVED) == 3
    assert "下级放行：县里已核对" in reasons
    receipt = states["02"].receipt
    assert receipt is not None and receipt.path.startswith("package:") and receipt.matched_by == "package"


def test_merging_again_changes_nothing_and_a_recheck_leaves_it(
    package: Path, campaign: CampaignFolder
) -> None:
    merge_package(campaign, package, OFFICER)
    before = {code: (state.state, len(state.history)) for code, state in states_of(campaign).items()}
    merge_package(campaign, package, OFFICER)
    check(campaign)
    assert {code: (s.state, len(s.history)) for code, s in states_of(campaign).items()} == before
    receipt = states_of(campaign)["02"].receipt
    assert receipt is not None and receipt.present


def test_units_that_are_not_on_the_roster_are_counted_not_taken(package: Path, tmp_path: Path) -> None:
    folder = handed_out(tmp_path / "市", units=UNITS[:2] + UNITS[5:6])
    merged = merge_package(folder, package, OFFICER)
    assert (merged.units, merged.unknown) == (1, 3)


def repacked(package: Path, target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The package with its document changed and its digest made to fit again."""
    document, _ = read_package(package)
    change(document)
    content = json.dumps(document, ensure_ascii=False).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest().encode("ascii")
    target.write_bytes(assemble([pack("package.json", content), pack("sha256.txt", digest)]))
    return target


def report(document: dict[str, Any]) -> dict[str, Any]:
    return next(entry["report"] for entry in document["units"] if entry["report"])


def bomb(document: dict[str, Any]) -> None:
    packed = zlib.compress(b'{"a":"' + b"0" * 20_000_000 + b'"}')
    report(document)["document"] = base64.b64encode(packed).decode("ascii")


def set_to(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: report(document).__setitem__(key, value)


HOSTILE: dict[str, Callable[[dict[str, Any]], None]] = {
    "别的年度": lambda document: document.__setitem__("year", YEAR - 1),
    "别的格式": lambda document: document.__setitem__("format", 99),
    "单位不是列表": lambda document: document.__setitem__("units", {"a": 1}),
    "单位缺项": lambda document: document["units"].__setitem__(0, {"unit": {}}),
    "报告是炸弹": bomb,
    "报告不是压缩的": set_to("document", "AAAA"),
    "检查数是负数": set_to("checks", [-1, 0, 0, 0, 0, 0]),
    "检查数是文字": set_to("checks", ["a"] * 6),
    "问题缺项": set_to("findings", [{}]),
    "文件名太长": set_to("file", "a" * 100_000),
    "日期不是日期": set_to("arrived", "昨天"),
    "网址不是网址": lambda document: document["units"][0].__setitem__(
        "publications", [["javascript:alert(1)", "2026-01-01"]]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused_whole(
    name: str, package: Path, campaign: CampaignFolder, tmp_path: Path
) -> None:
    wrong = repacked(package, tmp_path / "坏.zip", HOSTILE[name])
    with pytest.raises(UnusableInput) as caught:
        merge_package(campaign, wrong, OFFICER)
    assert "坏.zip" in str(caught.value)
    assert {state.state for state in states_of(campaign).values()} == {State.MISSING}


def test_a_package_changed_on_the_way_is_refused(
    package: Path, campaign: CampaignFolder, tmp_path: Path
) -> None:
    wrong = tmp_path / "改过.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(wrong, "w") as new:
        new.writestr("package.json", old.read("package.json").replace(b"2025", b"2024"))
        new.writestr("sha256.txt", old.read("sha256.txt"))
    with pytest.raises(UnusableInput, match="校验码"):
        merge_package(campaign, wrong, OFFICER)
    wrong.write_bytes(b"hello")
    with pytest.raises(UnusableInput, match="不是完整的上报包"):
        merge_package(campaign, wrong, OFFICER)


def test_a_package_that_hides_an_imbalance_is_named(
    package: Path, campaign: CampaignFolder, tmp_path: Path
) -> None:
    def hide(document: dict[str, Any]) -> None:
        for entry in document["units"]:
            if entry["report"] and entry["unit"]["code"] == "0202":
                entry["report"]["findings"] = []

    merged = merge_package(campaign, repacked(package, tmp_path / "藏.zip", hide), OFFICER)
    assert any("0202" in note and "不平衡" in note for note in merged.notes)
