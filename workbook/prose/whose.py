"""Whose number it is: the report's own, one of a narrower subject or stretch of time, or last year's.

A consolidated report often states its office's own figures beside the table's; such a number is never
compared. Where the subject may be either, a number that agrees counts and one that does not says nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.form.filing import Filing
from workbook.prose.grammar import Grammar
from workbook.prose.numbers import Hedge, Number
from workbook.prose.passage import FILLER
from workbook.prose.sentence import CHANGES_TO, Item, Sentence, Whose

_PRIOR_FIGURE = re.compile(
    r"(?<!结转)(?<!承接)(?<!结转···)(?<!遗留)(?:上年|去年|上一年|同期)(?:度|同期)?(?:的|申请|收到|新收|受理|办结|答复){0,2}(?:量|数|总数|总量)?[的为是]*$"
)
_PRIOR_IN_BRACKETS = re.compile(r"(?:上年|去年|上一年)(?:度|同期)?（$")
_OTHER_YEAR = re.compile(r"(?<![\d·])(?:19|20)\d\d年")
_IN_BRACKETS = re.compile("（[^（）]{0,12}）")
_LONG_CLAUSE = re.compile(r"[，；：。（）]")
_CLAUSE = re.compile(r"[，；：。（）、]")
_FILLING = re.compile(
    rf"[{FILLER}]|^[一二三四五六七八九十]是|^\d{{1,2}}[.、．]|(?:过去|近|这)?一年(?:以来|来)?|本年度?|今年|全年|年内|累计|共|合计|期间|以来|截至目前|我们|通过|按照|直接|独立|自行|负责|牵头|(?:未|没有)$"
)
_BEYOND = re.compile("全(?:市|县|区|省|州|盟|旗|系统|国)")
_WHOLE_YEAR = re.compile("全年|本年度|[本当]年新收|今年以来|年内")
_ITS_OFFICE = re.compile("(?:办公室|政府办|府办)$")  # 我县政务公开办公室
_PASSED_ON = re.compile("(?:转办|交办|转来|转送)的")
_HEADING = re.compile("情况|方面|^(?:主动公开|依申请公开|信息管理|平台建设|监督保障)")
_OFFICE = re.compile("(?:政府|办事处)$")
_ALL_OFFICES = re.compile("各|所属|部门")
_ASKED_OF = re.compile(
    "(?:向(?!本|我)([^，。；提]{0,10}(?:政府|办公室|府办|机关|本级))(?:（[^）]*）)?(?:提出|提交|提起)|以([^，。；]{2,24})为(?:主体|被申请人|申请对象)|(?:^|[，。；])([^，。；]{2,14})作为(?:被告|被申请人)|以([^，。；]{2,8})名义(?:受理|办理|收到|答复))"
)
_WEBSITE = re.compile("(?:网站|平台|公众号|专栏|频道)$")
_OURSELVES = re.compile("(?:本级|机关)$")
_HEADQUARTERS = re.compile("(?:局|厅|委)机关(?:共|新)?(?:收到|受理|办理|答复)")
_BRANCHES = re.compile("(?:下属|直属|所属)(?:单位|机构)|各(?:分局|支队|大队|区县局|县局|直属单位)")
_SO_MANY_OFFICES = re.compile(
    r"\d+个(?:镇街|乡镇|街镇|镇|乡|街道|(?:[市县区]直)?(?:部门|单位))(?!.{0,6}\d+个)"
)
_TAKE_PART = re.compile("(?:牵头|协同|配合|统筹|把关)$")
_OF_A_LEVEL = re.compile("(?:其中)?[省市县区][级直](?:行政)?(?:复议|诉讼|部门|机关|单位)")
_AUTHORITIES = re.compile("(?:复议机关|法院)$")
_OUR_OWN = re.compile(r"^(?:我|本|全|该)")
PASSED_ON = "只是转办、交办来的"
OF_A_CHANNEL = "只是一个渠道的数，表中没有"
OF_ANOTHER_YEAR = "说的是其他年份"
_OWN_LEVEL = re.compile("(?:政府|机关|市|县|区|镇)本级(?!各|部门)")
# What opens a clause about others without making them its subject.
_NO_ACTOR = re.compile("做好|加强|与|对|向|按|根据|会同|联合|配合|协调|督促|指导|推动|组织|针对|围绕|面向|从")
_SOME = re.compile("个别|部分|少数|有的|一些|某些")
_BARE = re.compile(
    r"(?:局|厅|委|办)?机关|街道(?:办|办事处)?|[镇乡](?:政府)?|局|委|厅|办|院|中心|管委会|支队|大队"
)
_GOVERNMENTS = frozenset({"province", "prefecture", "county", "township"})


def settle_whose(sentence: Sentence, item: Item, grammar: Grammar, filing: Filing) -> None:
    """Set `whose`, `why` and `about_prior` of a number."""
    text = sentence.passage.text
    start = max(sentence.start, text.rfind("；", sentence.start, item.number.start) + 1)
    before = text[start : item.number.start]
    patterns = grammar.patterns
    if text.startswith(("...", "…"), sentence.start):
        item.whose, item.why = Whose.UNCLEAR, "只是半句引文，不清楚说的是什么"
        return
    if item.is_priors:
        item.about_prior = True
        return
    if any(hit.term.kind == "channel" for hit in item.hits):
        item.whose, item.why = Whose.NARROWER, OF_A_CHANNEL
        return
    is_new = CHANGES_TO.fullmatch(item.left) is not None  # 由上年的41件升至57件
    if not _is_of_this_year(item) and not is_new and _last_time(before, grammar):
        item.about_prior = True
    if _OTHER_YEAR.search(before.rpartition("，")[0] or before) and not patterns["about_this_year"].search(
        before
    ):
        item.whose, item.why = Whose.NARROWER, OF_ANOTHER_YEAR
        return
    if patterns["plans"].search(item.left):
        item.whose, item.why = Whose.NARROWER, "说的是今后的打算"
        return
    if _of_a_stretch(_own_clauses(before), grammar):
        item.whose, item.why = Whose.NARROWER, "只是一年中的一段时间"
        return
    clause = re.split(r"[，；：（）]", before)[-1]
    if _OWN_LEVEL.search(clause) and is_consolidated(filing):
        item.whose, item.why, item.actor = Whose.NARROWER, "只是本级的数，不是全部汇总的", "本级"
        return
    if item.kind == "closed" and {f"{FILLER}上", f"{FILLER}本"} <= {
        clause[i : i + 2] for i in range(len(clause))
    }:
        item.whose, item.why = Whose.UNCLEAR, "说的是上年收到、本年办理的一部分"
        return
    asked = _ASKED_OF.search(before)
    if asked is not None and is_consolidated(filing) and not _ALL_OFFICES.search(_asked(asked)):
        item.whose, item.why = Whose.NARROWER, f"是向“{_asked(asked)[-12:]}”提出的，不是全部汇总的"
        item.actor = _asked(asked)
        return
    if item.kind == "received" and _PASSED_ON.search(item.left):
        item.whose, item.why, item.actor = Whose.UNCLEAR, PASSED_ON, PASSED_ON
        return
    _subject(item, before, grammar, filing)
    if item.whose is Whose.REPORT and _OF_A_LEVEL.match(clause) and is_consolidated(filing):
        item.whose, item.why = Whose.NARROWER, "只是一级机关的数，不是全部汇总的"  # 市级行政复议9件
    if item.whose is Whose.REPORT and _SO_MANY_OFFICES.search(clause) and is_consolidated(filing):
        item.whose, item.why = Whose.UNCLEAR, "可能只是其中一些单位的数"  # 全区17个镇街新收283件
    if item.whose is Whose.REPORT and _HEADQUARTERS.search(item.left) and _BRANCHES.search(sentence.text):
        item.whose, item.why = Whose.UNCLEAR, "可能只是机关本身的数"  # 市局机关收到161件，各分局收到74件


def _asked(found: re.Match[str]) -> str:
    return next(name for name in found.groups() if name)


def _is_of_this_year(item: Item) -> bool:
    """上年结转2件, 上一年项目数量46项，处理决定数量77件: columns of this year's table that name the last."""
    return item.kind in ("flow", "matter") or (item.lead is not None and item.lead.term.id == "decisions")


def probed(sentence: Sentence, at: int, words: str, grammar: Grammar, filing: Filing) -> Item:
    """Words without a number as if one stood there, to know whose they are."""
    none = Number(at, at + 1, Decimal(0), "件", Decimal(1), Decimal(1), Hedge.EXACT)
    probe = Item(none, words, "", at)
    settle_whose(sentence, probe, grammar, filing)
    return probe


def states_prior(item: Item, sentence: Sentence) -> bool:
    """上年的551件, 比上年（65件）, 由29件增加到: last year's figure told beside this year's."""
    if item.left.endswith(("由", "从")) and CHANGES_TO.match(item.right) is not None:
        return True
    before = sentence.passage.text[sentence.start : item.number.start]
    return (_PRIOR_FIGURE.search(item.left) or _PRIOR_IN_BRACKETS.search(before)) is not None


def _last_time(before: str, grammar: Grammar) -> bool:
    """Whether the last word about time is last year's."""
    then = [found.end() for found in grammar.patterns["about_last_year"].finditer(before)]
    now = [found.end() for found in grammar.patterns["about_this_year"].finditer(before)]
    return bool(then) and max(then) > max(now, default=0)


def _of_a_stretch(before: str, grammar: Grammar) -> bool:
    """上半年收到3件; not 每月上报数量，今年以来收到8件, where the whole year is named after it."""
    part = [found.end() for found in grammar.patterns["part_of_year"].finditer(before)]
    whole = [found.end() for found in _WHOLE_YEAR.finditer(before)]
    return bool(part) and max(part) > max(whole, default=0)


def _own_clauses(before: str) -> str:
    """The clauses that lead to a number, brackets with dates of the whole year left out."""
    return re.sub(
        r"截[至止]12月31日|1月?[至到—~～-]+12月|1月1日[至到—-]+(?:···[本]年)?12月31日|截至(?:···本年)?(?:12月)?(?:31日|年?底)",
        "",
        before,
    )


def _subject(item: Item, before: str, grammar: Grammar, filing: Filing) -> None:
    for action in reversed(list(grammar.patterns["action"].finditer(before))):
        if action[0] == "受理" and item.kind in ("review", "suit"):
            continue  # 省厅受理的5件复议: who took the case up is not whose answer it is about
        actor = _actor_before(before[: action.start()], grammar)
        if actor is None:
            return
        if actor:
            _judge_actor(item, actor, filing)
            return


def _actor_before(said: str, grammar: Grammar) -> str | None:
    """Who acts, "" where nobody is named; None where it is the organ or all that it reports for."""
    clauses = _LONG_CLAUSE.split(_IN_BRACKETS.sub("", said))
    for place in reversed(range(len(clauses))):
        clause = clauses[place]
        if place < len(clauses) - 1 and _TAKE_PART.search(clause):
            continue  # 法制科牵头、项目科室协同，凡收到的申请……: who sees to it is not whose it is
        whole = grammar.patterns["whole"].search(clause)
        if whole is not None and not _ITS_OFFICE.search(_FILLING.sub("", clause)):
            return whole[0] if _BEYOND.match(whole[0]) else None
        actor = _actor_in(clause, grammar)
        if actor:
            return actor
    return ""


def _actor_in(said: str, grammar: Grammar) -> str:
    for clause in reversed(_CLAUSE.split(said)):
        bare = _FILLING.sub("", clause)
        if bare == "所":
            continue  # 所收到的273件申请
        if not bare or _SOME.match(bare) or _NO_ACTOR.match(bare) or _AUTHORITIES.search(bare):
            continue
        represented = re.search(r"^(.*?)(?:代表|受|由|经|作为)", bare)
        actor = (represented[1] if represented and represented[1] else bare).removeprefix("其中")
        actor = _HEADING.split(actor)[-1]  # （二）依申请公开情况 新桥街道共收到: the heading runs on
        if grammar.patterns["actor"].search(actor) and len(actor) <= 30 and not _WEBSITE.search(actor):
            return actor
    return ""


def is_consolidated(filing: Filing) -> bool:
    """Whether the report sums up others: said so, or a government's that says nothing."""
    name = (filing.organ.name or "").removesuffix("（汇总）")
    government = filing.organ.level in _GOVERNMENTS or name.endswith("政府")
    return filing.scope == "consolidated" or (filing.scope is None and government)


def _judge_actor(item: Item, actor: str, filing: Filing) -> None:
    organ = filing.organ
    name = (organ.name or "").removesuffix("（汇总）")
    government = organ.level in _GOVERNMENTS or name.endswith("政府")
    consolidated = is_consolidated(filing)
    if _BEYOND.fullmatch(actor):
        if not consolidated and not government:
            item.whose, item.why = Whose.UNCLEAR, f"“{actor}”的数，可能不只是本报告的"
        return
    is_office = consolidated and _ITS_OFFICE.search(actor) is not None
    if _OUR_OWN.search(actor) and not is_office and not actor.endswith(("本级", "处室", "科室", "处", "科")):
        return
    if re.search(r"各(?:部门|单位|县|区|镇|乡|街道|级)", actor) and consolidated:
        item.whose, item.why = Whose.UNCLEAR, f"“{actor[-12:]}”的数，与全部汇总数可能不同"
        return
    if not consolidated and _OURSELVES.search(actor) and _is_same(_OURSELVES.sub("", actor), name):
        return  # 市局本级, 省局机关 in the office's own report
    if organ.level == "township" and _is_same(actor.removesuffix("办公室"), name) and not consolidated:
        return  # 栖霖镇人民政府办公室, in the town's own report
    own = name.replace("管理委员会", "管委会")
    if _BARE.fullmatch(actor) and actor.removesuffix("机关") in own and not consolidated:
        return
    if actor.endswith("政府") and name.endswith(actor) and len(actor) > len("县人民政府"):
        return  # the report's own name, in full
    if name and _is_same(actor, name):
        if consolidated and actor.endswith("政府"):
            item.whose, item.why = Whose.UNCLEAR, f"“{actor[-12:]}”本身的数，与全部汇总数可能不同"
        return
    if not name and not actor.endswith(("本级", "政府办", "办公室", "办公厅")):
        item.whose, item.why = Whose.UNCLEAR, f"不清楚“{actor[-12:]}”是不是本报告的单位"
        return
    if actor.endswith(("市", "县", "区", "政府")) and government:
        item.whose, item.why = Whose.UNCLEAR, f"“{actor[-12:]}”本身的数，与全部汇总数可能不同"
        return
    item.whose, item.why, item.actor = Whose.NARROWER, f"是“{actor[-12:]}”的数，不是本报告的", actor


def _plain(name: str) -> str:
    """高新区 for 高新区管理委员会, 市政府 for 市人民政府."""
    name = re.sub("区管(?:理委员会|委会)", "区", name)
    return name.replace("人民", "").replace("委员会", "委")


def _is_same(actor: str, name: str) -> bool:
    """Whether a short name may be the organ's: 市科技局 of 某市科学技术局."""
    bare = (_OFFICE.sub("", _plain(said)) for said in (actor, name))
    shorter, longer = sorted(bare, key=len)
    core = shorter.lstrip("省市县区州")
    signs = iter(longer)
    return bool(core) and all(sign in signs for sign in core) and longer[-1] == core[-1]
