"""The classes of mistakes seeded in the simulated city, each with the rules that it must break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.campaign.simulated import Figures, cell, form
from workbook.form.edition import CellId


@dataclass(frozen=True)
class Mistake:
    """A class of mistakes: what it does to a report, and the rules that it must break."""

    name: str
    rules: frozenset[str]
    figures: Callable[[Figures, Figures], None] | None = None  # this year's, last year's
    overwritten: Callable[[Figures], dict[CellId, Decimal]] | None = None
    level: str = ""  # only for units of that level
    asked: Callable[[Mapping[str, str]], str] | None = None  # the paragraph on applications instead
    adds: str = ""  # a sentence more in section 一
    preamble: str = ""
    copies: bool = False  # section 五 as it stood last year
    may: frozenset[str] = frozenset()  # follows from it in some reports, not in others


def _set(name: str, value: Decimal | int | str) -> Callable[[Figures, Figures], None]:
    def change(now: Figures, _before: Figures) -> None:
        now[cell(name)] = Decimal(value) if isinstance(value, int) else value

    return change


def _add(name: str, amount: int) -> Callable[[Figures, Figures], None]:
    def change(now: Figures, _before: Figures) -> None:
        value = now[cell(name)]
        assert isinstance(value, Decimal)
        now[cell(name)] = value + amount

    return change


def _several(*changes: Callable[[Figures, Figures], None]) -> Callable[[Figures, Figures], None]:
    def change(now: Figures, before: Figures) -> None:
        for each in changes:
            each(now, before)

    return change


def _blank(now: Figures, _before: Figures) -> None:
    for item in form().by_id["challenges"].cells:
        if item in now and item.row != "reconsideration":
            now[item] = ""


def _copied_from_last_year(now: Figures, before: Figures) -> None:
    for item in now:
        now[item] = before[item]


def _total_zero(_now: Figures) -> dict[CellId, Decimal]:
    return {
        cell("applications.dispositions.total[natural_person]"): Decimal(0),
        cell("applications.dispositions.total[total]"): Decimal(0),
    }


def _challenges_zero(_now: Figures) -> dict[CellId, Decimal]:
    return {cell("challenges.litigation_direct[total]"): Decimal(11)}


_PERSON = "[natural_person]"


def _one_column_for_the_total(stated: Mapping[str, str]) -> str:
    share = Decimal(stated["share"]) + Decimal("3.17")
    return (
        _flows(stated)
        + f"已办结的申请中，予以公开{stated['granted_person']}件，占{share}%；{stated['rest']}。"
    )


def _all_upheld(stated: Mapping[str, str]) -> str:
    return _flows(stated) + f"因政府信息公开被申请行政复议{stated['reconsideration']}件，均获维持。"


def _other_number_received(stated: Mapping[str, str]) -> str:
    return _flows({**stated, "received": str(int(stated["received"]) + 7)})


def _silent_on_received(stated: Mapping[str, str]) -> str:
    return f"全年办结政府信息公开申请{stated['done']}件，结转下年度{stated['carried']}件。"


def _flows(stated: Mapping[str, str]) -> str:
    return (
        "全年共收到政府信息公开申请{received}件，上年结转{brought}件，办结{done}件，结转下年度{carried}件。"
    ).format(**stated)


MISTAKES: tuple[Mistake, ...] = (
    Mistake("收办不平衡", frozenset({"BAL-01"}), _add(f"applications.dispositions.granted{_PERSON}", -1)),
    Mistake("（七）总计留0（M1）", frozenset({"TPL-04", "SUM-01", "SUM-02", "BAL-01"}),
            overwritten=_total_zero, may=frozenset({"YOY-06", "NAR-02"})),
    Mistake("表四总计与分项不符（M6）", frozenset({"TPL-04", "SUM-03"}), overwritten=_challenges_zero,
            may=frozenset({"NAR-08"})),
    Mistake("负数", frozenset({"CEL-01"}),
            _several(_set(f"applications.dispositions.declined.petition{_PERSON}", -1),
                     _add(f"applications.dispositions.granted{_PERSON}", 1))),
    Mistake("不是数", frozenset({"CEL-01"}), _set("proactive.coercive_measures[decisions]", "约十件")),
    Mistake("金额为负", frozenset({"CEL-02"}), _set("proactive.fees[amount]", -5)),
    Mistake("空格（M11）", frozenset({"CEL-04"}), _blank),
    Mistake("以斜杠代0（M11）", frozenset({"CEL-05"}), _set("proactive.regulations[issued]", "/")),
    Mistake("数字带单位（M19）", frozenset({"CEL-06"}),
            _set("proactive.coercive_measures[decisions]", "0件")),
    Mistake("县乡报规章（M10）", frozenset({"STK-01"}),
            _several(_set("proactive.regulations[issued]", 1), _set("proactive.regulations[in_force]", 1)),
            level="township"),
    Mistake("有效数少于新增减废止", frozenset({"STK-02", "YOY-03"}),
            _set("proactive.normative_documents[issued]", 2)),
    Mistake("上年结转不衔接（M21）", frozenset({"YOY-01", "YOY-02"}),
            _several(_add(f"applications.brought_forward{_PERSON}", 2),
                     _add(f"applications.dispositions.granted{_PERSON}", 2))),
    Mistake("突增", frozenset({"YOY-06"}), _set("proactive.penalties[decisions]", 900)),
    Mistake("其他处理过多", frozenset({"PLS-03"}),
            _several(_add(f"applications.dispositions.other.rest{_PERSON}", 16),
                     _add(f"applications.received{_PERSON}", 16))),
    Mistake("结转过多", frozenset({"PLS-01"}),
            _several(_add(f"applications.carried_forward{_PERSON}", 14),
                     _add(f"applications.received{_PERSON}", 14))),
    Mistake("照抄上年（M18）", frozenset({"YOY-07"}), _copied_from_last_year,
            may=frozenset({"YOY-01", "YOY-02"})),
    Mistake("文字取自然人数作总数（M3）", frozenset({"NAR-04", "NAR-05"}), asked=_one_column_for_the_total),
    Mistake("尚有未审结却称均获维持（M4）", frozenset({"NAR-10"}),
            _add("challenges.reconsideration[pending]", 1), asked=_all_upheld),
    Mistake("文字件数与表不符（M5）", frozenset({"NAR-01"}), asked=_other_number_received),
    Mistake("依据已废止（M8）", frozenset({"NAR-16"}),
            preamble="本报告根据《中华人民共和国政府信息公开条例》（国务院令第492号）编制。"),
    Mistake("填写说明未删（M9）", frozenset({"NAR-14"}), adds="（原则上不超过1000字）"),
    Mistake("各项加起来不对（M14）", frozenset({"NAR-12"}),
            adds="全年通过新媒体公开信息212条，包括微信公众号89条、政务微博212条。"),
    Mistake("漏写数字（M15）", frozenset({"NAR-14"}), adds="全年共主动公开条。"),
    Mistake("文字照抄上年（M18）", frozenset({"YOY-08"}), copies=True),
    Mistake("没有写明必报数字", frozenset({"NAR-21"}), asked=_silent_on_received),
)  # fmt: skip
