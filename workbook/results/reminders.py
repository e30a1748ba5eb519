"""催报: one message a unit, ready to be pasted – what is missing, what to change, by when."""

from __future__ import annotations

from datetime import date

from workbook.campaign.distribute import link_of
from workbook.campaign.records import State, StoredFinding, UnitState
from workbook.campaign.settle import BY_HAND
from workbook.results.gathering import Gathered
from workbook.rules.findings import Severity

_MOST_NAMED = 3


def chinese_date(day: date) -> str:
    """ "1月31日"."""
    return f"{day.month}月{day.day}日"


def reminder(item: UnitState, gathered: Gathered, address: str = "") -> str:
    """The message to one unit that still has something to do.

    `address` is where the desk answers, if not where the settings say; the unit's own link ends the message.
    """
    settings = gathered.settings
    year, name = settings.year, item.unit.name
    due = f"请于{chinese_date(item.due)}前" if item.due and item.due >= gathered.today else "请尽快"
    late = item.days_late(gathered.today)
    overdue = f"（期限{chinese_date(item.due)}，已逾期{late}天）" if item.due and late else ""
    if item.state is State.MISSING:
        troubles = [receipt for receipt in gathered.troubles if receipt.unit == item.unit.code]
        got = "".join(f"收到的文件“{_file(r.path)}”{r.fate.label}，不能用。" for r in troubles[:_MOST_NAMED])
        text = f"{name}：贵单位{year}年度政府信息公开工作年度报告尚未报送{overdue}。{got}{due}报送。"
    else:
        todo = [finding for finding in gathered.leads(item.unit.code) if finding.blocks]
        errors = sum(finding.severity is Severity.ERROR for finding in todo)
        explain = len(todo) - errors
        counted = "、".join(
            words
            for words, count in ((f"{errors}处错误须改正", errors), (f"{explain}处须改正或说明", explain))
            if count
        )
        named = "；".join(_short(finding) for finding in todo[:_MOST_NAMED])
        by_hand = item.history[-1].reason if item.history else ""
        if by_hand.startswith(BY_HAND):  # the officer's own words weigh more than a list
            named, todo = by_hand.removeprefix(BY_HAND).rstrip("。"), []
        more = "等" if len(todo) > _MOST_NAMED else ""
        text = (
            f"{name}：贵单位{year}年度政府信息公开工作年度报告有{counted or '需要处理的问题'}{overdue}"
            f"{'：' + named + more if named else ''}。带批注的副本已退回，{due}改好后按原文件名重报。"
        )
    contact = " ".join(part for part in (settings.contact, settings.telephone) if part)
    code = gathered.links.get(item.unit.code)
    address = address or settings.address
    online = f"网上报送：{link_of(address, code)}" if code and address else ""
    return text + (f"联系人：{contact}。" if contact else "") + online


def _short(finding: StoredFinding) -> str:
    return finding.message.rstrip("。").split("。")[0]


def _file(path: str) -> str:
    return path.rpartition("/")[2].rpartition("!")[2]
