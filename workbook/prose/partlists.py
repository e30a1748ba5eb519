"""Which numbers under a whole are parts of it, and which of them form one list."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import groupby

from workbook.prose.judging import Judge
from workbook.prose.sentence import FILLERS, Item, Whose
from workbook.prose.standing import DECIDED, HANDLED

_LEGAL_KINDS = ("by.business", "by.research", "by.public_interest", "by.legal_services", "by.other")
CARRIED = ("carried_forward", "carried_forward.bare")
LISTED = {"result", "detail", "", "channel"}
UNPRINTED = {"", "channel"}
_OF_OFFICES = ("received", "closed")
_SUITS = ("litigation.direct", "litigation.after")
_CAME = ("received", "received.new", "brought_forward")
_OF_WHATEVER = {*UNPRINTED, *_OF_OFFICES, "document", "review", "suit"}
_STRENGTH = "、，；"
_REST = ("其他", "其它", "其余")
_PIECES = {"条", "篇", "则", "期", "个", "份"}  # what information is counted by
_INFORMATION = re.compile("(?:公开|发布|推送|更新|制作)[^，。；]{0,12}(?:信息|解读|资讯)")
_DISPUTES = re.compile("争议|纠纷")
_STATES = re.compile(
    "发布|推送|办理|收到|回复|答复|开展|举办|组织|召开|制作|制定|主动公开|累计|共|通过|接待|受理|阅读|访问"
)
_MEANS = re.compile("通过|依托|利用|网站|平台|微信|微博|媒体|公众号|公开栏|频道")
_BY_MEANS = re.compile("(?:其中，?)?(?:通过|依托|利用|在(?=[^，。；]{1,12}(?:网|网站|平台|公众号|频道)))")


def runs_of(judge: Judge, whole: Item) -> list[list[Item]]:
    """Parts that are disjoint by their kind, each run by itself."""
    counted = [part for part in whole.parts if _is_part(judge, whole, part)]
    if whole.exhaustive and {"result", "detail"} <= {part.kind for part in counted} <= LISTED:
        return [counted]  # 由逾期不补正3件和撤回5件组成: every one of them is a part
    runs: list[list[Item]] = []
    if not whole.hits and len({part.kind for part in counted}) > 1:
        # 制发公文711件，其中主动公开237件、不予公开280件: of what no table holds, whatever they are called
        cases = [part for part in counted if part.kind in ("review", "suit")]
        return [cases or _contiguous(counted, whole)]
    results = [part for part in counted if part.kind == "result"]
    listed = {row for part in results for reading in part.readings[:1] for row in reading.rows}
    lines = [part for part in counted if part.kind == "detail" and part.readings]
    apart = [part for part in lines if not {row.rpartition(".")[0] for row in part.readings[0].rows} & listed]
    if results and apart and len(apart) == len(lines):
        runs.append([*results, *apart])  # 公开1件，部分公开2件，不掌握2件: a line stands for its group
    for kind in ("applicant", "result", "detail", "outcome", "decision"):
        run = [part for part in counted if part.kind == kind]
        if kind == "applicant" and any(
            part.lead and part.lead.term.id == "by.legal_entities" for part in run
        ):
            run = [part for part in run if part.lead and part.lead.term.id not in _LEGAL_KINDS]
        if kind == "outcome" and whole.kind not in ("review", "suit"):
            continue
        if kind == "outcome":
            # 复议21件，已审结的19件中14件维持、2件纠正: those decided are told once more by how they ended
            run = [part for part in run if not _is_decided(part)] or run
            if _is_decided(whole):  # 已审结9件，其中维持7件……；另有3件尚未审结
                run = [part for part in run if part.lead is None or part.lead.term.column != "pending"]
        if run and kind == "result" and is_of_all(whole) and "；" not in {part.separator for part in run}:
            # 受理209件（含上年结转6件）。其中……结转下年度9件
            run += [part for part in whole.parts if part.lead and part.lead.term.id in CARRIED]
        if run:
            runs.append(run)
    judged = judge.judged.get(id(whole))
    if judged and judged.reading and (judged.reading.rows == HANDLED or whole.exhaustive):
        # Of all there was to deal with, what was closed and what was carried over.
        run = [part for part in whole.parts if part.lead and part.lead.term.id in ("closed", *CARRIED)]
        if len(run) == 2 and {part.kind for part in run} == {"closed", "flow"}:
            runs.append(run)
        run = [part for part in whole.parts if part.lead and part.lead.term.id in _CAME]
        if len(run) == 2 and {part.kind for part in run} == {"received", "flow"}:
            runs.append(run)
    suits = [part for part in whole.parts if part.lead and part.lead.term.id in _SUITS]
    if len(suits) == len(_SUITS) and whole.kind == "suit":
        runs.append(suits)
    unknown = [
        part for part in counted if part.kind in {*UNPRINTED, *_OF_OFFICES, "document", "review", "suit"}
    ]
    nested = whole.whole is not None
    for _, group in groupby(unknown, key=lambda part: part.in_brackets):
        run = _contiguous(list(group), whole)
        separators = {part.separator for part in run[1:]}
        if nested and len(run) > 1 and separators != {"、"} and not run[0].in_brackets:
            runs += [[part] for part in run]
        elif run:
            runs.append(run)
    return runs


def _is_decided(part: Item) -> bool:
    return any(hit.term.column == DECIDED for hit in part.hits)


def _contiguous(parts: list[Item], whole: Item) -> list[Item]:
    """The parts up to where a stronger stop, or a part of a named kind, ends the list."""
    run: list[Item] = []
    strength = -1
    for part in parts:
        if run and whole.parts.index(part) != whole.parts.index(run[-1]) + 1:
            between = whole.parts[whole.parts.index(run[-1]) + 1 : whole.parts.index(part)]
            if any(
                other.kind not in ("", "channel") or other.number.unit == whole.number.unit
                for other in between
            ):
                break
        weight = _STRENGTH.find(part.separator) if part.separator else 0
        is_rest = part.left.startswith(_REST)
        stronger = len(run) > 1 and weight > max(strength, 0)
        says_more = part.separator == "；" or _STATES.search(part.left) or part.kind
        complete = bool(run) and _is_complete(whole, run)
        if stronger and ((says_more and not is_rest) or complete):
            break
        if run and not is_rest and _opens_another(run[0], part):
            break
        if run and part.separator == "；" and _STATES.match(part.left) and not _STATES.match(run[0].left):
            break  # 部门动态38条，其中采用5条；发布工作动态32条
        if complete and part.number.unit != run[-1].number.unit:
            break
        skips = bool(run) and whole.parts.index(part) != whole.parts.index(run[-1]) + 1
        if len(run) > 1 and complete and skips and not is_rest:
            break  # 网站5037条，“两微一端”1147条；调整分工5次，人事任免信息8条
        if run:
            strength = max(strength, weight)
        run.append(part)
    return run


def _is_complete(whole: Item, run: list[Item]) -> bool:
    """Whether a list has ended: it adds up already, or 其他… was its last."""
    total = sum((part.number.value for part in run), Decimal(0))
    return total == whole.number.value or (len(run) > 1 and run[-1].left.startswith(_REST))


def _opens_another(first: Item, part: Item) -> bool:
    """其中重点领域85条，通过公众号发布1012条; ……，6条信息被录用: no part of the list before it."""
    by_means = _BY_MEANS.match(part.left) and not _MEANS.search(first.left)
    is_bare = part.separator != "、" and FILLERS.match(part.left) and not FILLERS.match(first.left)
    return bool(by_means or is_bare)


def is_of_all(whole: Item) -> bool:
    """Whether a whole is said to count what came over with what came in."""
    is_both = bool(whole.readings) and whole.readings[0].rows == HANDLED
    return is_both or whole.with_brought is not None


def _of_items(whole: Item, part: Item) -> bool:
    """公开信息684条，其中政策文件8篇，工作信息107篇: pieces of information under other names."""
    if (
        whole.hits
        or part.kind
        or whole.number.unit not in {*_PIECES, "次"}
        or not _INFORMATION.search(whole.left)
    ):
        return False
    if part.separator == "；" and _STATES.match(part.left):
        return False  # 28期，其中4次邀请代表列席；发布解读材料132篇
    return part.number.unit in _PIECES


def _is_part(judge: Judge, whole: Item, part: Item) -> bool:
    units = {*judge.grammar.lists["case_units"], "项"} - {""}
    alike = part.number.unit == whole.number.unit or _of_items(whole, part)
    if whole.readings and (part.readings or part.kind == "channel"):
        alike |= {part.number.unit, whole.number.unit} <= units  # 受理868件，其中812项为自然人提交
    if not alike or not part.number.unit or part.kind == "flow":
        return False
    if not part.number.is_countable:
        return False
    if part.kind in _OF_OFFICES and part.whose is not Whose.REPORT and part.kind == whole.kind:
        return True  # 其中市级部门受理1160件、各县受理1744件
    if part.kind in ("review", "suit") and not whole.hits and _DISPUTES.search(whole.left):
        return True  # 行政争议89件，其中行政复议53件，行政诉讼36件
    if part.kind in ("review", "suit") and {"review", "suit"} <= {hit.term.kind for hit in whole.hits}:
        return True  # 复议诉讼共225件，分别为行政复议146件、行政诉讼79件
    if part.kind in (*_OF_OFFICES, "review", "suit", "fee") or (part.kind == "document") != (
        whole.kind == "document"
    ):
        return False
    return not judge.grammar.patterns["not_a_part"].search(part.left)
