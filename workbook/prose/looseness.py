"""Where words are too loose to be held to: a number that differs from the table then says nothing.

A loose number that agrees counts as verified all the same.
"""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar
from workbook.prose.sentence import CHANGES_TO, Hit, Item, Sentence
from workbook.prose.standing import HANDLED

_CHALLENGE = frozenset({"review", "suit"})
_OTHER_REASONS = re.compile("告知|不属于|非本机关|其他途径|不掌握")  # for not holding it, beside 信息不存在
_WITHDRAWN = re.compile("撤件|撤回|撤销申请|主动撤")
_OF_OTHERS = re.compile("乡镇（街道）|乡镇街道|(?<!级)各(?:乡镇|街道|部门)|政府办(?:公室)?(?:行政)?规范性")
_PUBLISHED = re.compile(
    "(?<!对外)(?:公开|公布)(?:的|新增|全[市县区]|我?[市县区局厅委镇]|政府|地方性?){0,3}(?:行政)?(?:规范性文件|规章)共?$"
)
_THIS_YEAR = re.compile("全年|20\\d\\d|···|今年|本年|年度|年内|新")
_BY_MEANS = re.compile("累计|网站|公报|平台|在")
_AS_AUTHORITY = re.compile("作为(?:行政)?复议机关|复议前|审理[^，。；]{1,8}案件")
_OF_A_TOPIC = re.compile("(?<![各此该同两三分])(?<!公开)类(?:的)?(?:政府信息公开|信息公开|公开)?申请")
_DECIDED = re.compile("(?<!未)审结的")
_OF_DOCUMENTS = re.compile(r"(?:公文|文件)[^。]*主动公开(?:的)?\d[^。]*不予公开")
_OF_BOTH = re.compile("复议机关(?:或|和|、|及)(?:人民)?法院")
_UNRELATED = re.compile("与(?:政府)?信息公开(?:工作)?(?:无关|没有关系)")
_ASKED_BACK = re.compile("补正|征求|沟通|协商|解释")
_ABOUT = re.compile("涉及|关于|有关")
_AFTER_SOMETHING = re.compile("(?:意见|沟通|协商|复核)后|补正后(?![^，。；]{0,12}不明)")
_ON_DISCLOSURE = re.compile("(?:其中)?(?:涉及|属于?)?(?:政府)?信息公开(?:类|的|方面)?(?:案件)?")
_NOT_COUNTED = re.compile("不计入|不纳入本|未计入|不含在")
_REASON_BEFORE = re.compile("(?:因|由于)[^，。；]{1,20}，(?:另?有)?$")
_IN_THE_NAME = re.compile("以(?!我|本)[^，。；]{1,14}名义")
_AND_OTHERS = re.compile(r"等(?:其他|其它)(?!处理)")
_FOR_SOME_REASON = re.compile(
    r"(?:(?:因(?!各种|多种|不同)|由于|涉及|非|不属于|不是)[^，。；]{1,20}|以[^，。；予]{1,20}为由)(?:不予公开|无法提供|不予处理)"
)
_ABOUT_SOME = re.compile(r"[^，。；：\d]{0,8}(?:审结|维持|纠正)[^，。；：\d]{0,8}：")
_MANY = 5  # kinds of applicants, of the six there are, that leave but one to 其他组织
_OF_GROUP = 6  # the rank from which a term of results speaks of the whole group, reasons and all
_OF_ANSWERS = re.compile("(?:^|[共完成])(?:答复|办结)$|申请的$")  # 共完成答复36件; 提出申请的12件
_ALL_BUT_OTHER = {"granted", "denied", "unable_to_provide", "declined"}
_SEVERAL_YEARS = re.compile(r"(?:20\d\d|···[上本])年、(?:20\d\d|···[上本])年[^，。；]{0,16}分别")
_OF_FORM = ("litigation.direct", "litigation.after")
_ABOUT_DISCLOSURE = re.compile(r"信息公开|政务公开|依申请|被申请|被提起")


def is_loose(sentence: Sentence, item: Item, grammar: Grammar) -> bool:
    """Whether a number whose words name a cell may yet state something else."""
    if item.lead is None:
        return False
    term, kind = item.lead.term, item.lead.term.kind
    columns = {hit.term.column for hit in item.hits if hit.term.kind == "applicant"}
    is_list = len(columns) > 1 and term.id != "by.legal_entities.and_so_on"
    if (
        (term.loose and not _completes_other(item))
        or is_list
        or item.left.endswith("各")
        or _stage_is_loose(sentence, item)
    ):
        return True  # 另3件来自企业和律师事务所; 公开规范性文件3件
    if term.id == "detail.unable_to_provide.nonexistent":
        return _OTHER_REASONS.search(sentence.text) is not None
    if kind in ("result", "detail") and _AFTER_SOMETHING.search(item.label):
        return True  # 征求第三方意见后予以公开的2件
    if kind in ("result", "detail") and item.left.startswith("对") and _ASKED_BACK.search(item.right):
        return True  # 对内容不明确的4件申请告知补正
    if kind == "result":
        return _result(sentence, item, item.lead)
    if kind in ("received", "closed"):
        return _flow(sentence, item, grammar)
    if kind in _CHALLENGE:
        return _case(sentence, item, grammar)
    if kind in ("document", "stage"):
        return _document(sentence, item)
    if item.lead.term.id == "by.other" and "组织" in item.label and len(columns | _named(sentence)) < _MANY:
        return True  # 商业企业21件，其他组织11件: of whatever kinds are left
    if kind == "applicant" and _ABOUT.search(item.label):
        return True  # 自然人申请涉及征地补偿的21件
    if kind == "decision" and item.right.startswith("事项"):
        return True  # 行政许可共11个事项: matters, not decisions
    if kind == "decision" and item.whole is not None and not item.whole.hits and "处理决定" not in item.label:
        return True  # 公开各类文件991件，其中……行政处罚类文件3件
    # 其中自然人92件, of a number that nobody can place: of what, is not known.
    whole = item.whole
    return kind == "applicant" and whole is not None and not whole.readings and not whole.hits


def _completes_other(item: Item) -> bool:
    """其他处理7件，包括逾期不补正2件、其他情形5件: the rest of a group that is told whole."""
    whole = item.whole
    is_of_group = whole is not None and whole.lead is not None and whole.lead.term.id == "result.other"
    return is_of_group and whole is not None and whole.exhaustive and item.kind == "detail"


def _named(sentence: Sentence) -> set[str | None]:
    """The kinds of applicants a sentence tells apart."""
    return {hit.term.column for other in sentence.items for hit in other.hits if hit.term.kind == "applicant"}


def _stage_is_loose(sentence: Sentence, item: Item) -> bool:
    stages = [hit.term for hit in item.hits if hit.term.kind == "stage"]
    if not stages or not max(stages, key=lambda term: term.rank).loose:
        return False
    # 全年主动公开规范性文件8件: of this year; not 累计公开, nor a part of what was published
    if item.whole is not None or not _PUBLISHED.search(item.label):
        return True
    return _BY_MEANS.search(item.label) is not None or not _THIS_YEAR.search(sentence.text)


def _result(sentence: Sentence, item: Item, lead: Hit) -> bool:
    if lead.term.id == "result.other.short" and not _groups_named(sentence) >= _ALL_BUT_OTHER:
        return True  # 其他情形48件: of what is not listed, not the form's 其他处理
    whole = item.whole
    of_answers = whole is not None and (
        _OF_ANSWERS.search(whole.left) or whole.right.startswith(("办理结果", "答复结果", "办理情况"))
    )
    if whole is not None and not whole.hits and not of_answers:
        return True  # 认定公文属性182件，分别为……不予公开34件: of something else
    if _OF_DOCUMENTS.search(sentence.text):
        return True  # 审核公文1270件，确定主动公开286件、依申请公开412件、不予公开572件
    if "其余" in item.left and len(item.hits) > 1:
        return True  # 其余40件按照不予公开、无法提供和其他情形答复
    if _AND_OTHERS.search(item.label):
        return True  # 无法提供等其他情况51件
    # 因案卷材料不予公开9件: one reason of several, which no term knows
    return has_one_reason(sentence, item)


def has_one_reason(sentence: Sentence, item: Item) -> bool:
    """Whether a result is told for one reason of several, which no term knows: 非我局职能无法提供20件."""
    is_line = item.lead is not None and item.lead.term.rank < _OF_GROUP
    before = sentence.passage.text[sentence.start : item.number.start]
    # 因我局不掌握相关信息，有5件无法提供
    return is_line and bool(_FOR_SOME_REASON.search(item.label) or _REASON_BEFORE.search(before))


def _flow(sentence: Sentence, item: Item, grammar: Grammar) -> bool:
    if (
        _SEVERAL_YEARS.search(sentence.text)
        or _NOT_COUNTED.search(sentence.text)
        or not _is_tight(item, grammar)
    ):
        return True
    if item.kind == "received" and (_OF_A_TOPIC.search(item.label) or item.left.startswith("分别")):
        return True  # 收到土地流转类申请13件; ……两类事项，分别收到118件、67件
    if item.kind == "closed" and not item.before and _was_brought(sentence, item):
        return True  # 对上年结转的8件申请逐件明确时限，8件均已办结
    whole = item.whole
    if item.kind == "received" and whole is not None and whole.kind == "received":
        # 收到13件，其中局长信箱收到3件, 3件经补正后受理
        return item.lead is None or item.lead.term.id != "received.new"
    withdrawn = [other for other in sentence.items if _WITHDRAWN.search(other.label)]
    if item.kind == "closed" and any(not _is_within(other, sentence) for other in withdrawn):
        return True  # 撤件3件，受理答复34件: those answered, without those withdrawn
    # 其中11件均按规定程序办结: one of several outcomes of the whole, not the form's total.
    if whole is not None and _is_of_both(whole) and _has_part(whole, "carried_forward"):
        return False  # 办理91件（含上年结转6件），其中83件已答复，7件结转下年度
    is_handled = item.lead is not None and item.lead.term.id == "handled"
    of_other = whole is not None and whole.kind not in ("received", "closed")
    return item.kind == "closed" and whole is not None and (not item.before or is_handled or of_other)


def _was_brought(sentence: Sentence, item: Item) -> bool:
    before = sentence.items[: sentence.items.index(item)]
    return bool(before) and before[-1].kind == "flow" and before[-1].number.value == item.number.value


def _document(sentence: Sentence, item: Item) -> bool:
    near = sentence.passage.text[max(sentence.start, item.number.start - 24) : item.number.start]
    if _IN_THE_NAME.search(sentence.text) or _OF_OTHERS.search(near):
        return True  # 以政府办公室名义印发的规范性文件25件
    if "年初" in item.left and "有效" not in item.left:
        return True  # 年初15件，新制发3件，废止2件
    is_issued = any(hit.term.id in ("stage.issued", "stage.made") for hit in item.hits)
    if item.whole is not None and not item.whole.readings and not is_issued:
        return True  # 公开区政府文件38件，其中区政府规范性文件6件
    if item.whole is not None and item.whole.kind == item.kind == "document":
        return True  # 规范性文件14件，其中区政府规范性文件6件
    # 继续有效20件，失效2件、废止4件: a review of what there was, in words of its own
    ended = [other for other in _of_same_documents(sentence, item) if _is_repealed(other)]
    return len(ended) > 1 and item in ended


def _is_repealed(item: Item) -> bool:
    return item.lead is not None and item.lead.term.id == "stage.repealed"


def _of_same_documents(sentence: Sentence, item: Item) -> list[Item]:
    """The numbers told of the documents that a number is of: 规章制定2件，废止4件; 规范性文件……废止29件."""
    groups: list[list[Item]] = [[]]
    for other in sentence.items:
        if any(hit.term.kind == "document" for hit in other.hits):
            groups.append([])
        groups[-1].append(other)
    return next(group for group in groups if item in group)


def _is_within(part: Item, sentence: Sentence) -> bool:
    """办结17件，其中撤回1件: a part of what was closed or of a result, counted in it."""
    whole = part.whole
    return whole is not None and whole in sentence.items and whole.kind in ("closed", "result")


def _is_of_both(whole: Item) -> bool:
    """Whether a number is of all there was to deal with: what came in and what came over."""
    bases = [reading.rows for reading in whole.readings]
    is_told = whole.with_brought is not None or _has_part(whole, "brought_forward")
    return bases[:1] == [HANDLED] or (HANDLED in bases and is_told)


def _has_part(whole: Item, term: str) -> bool:
    return any(part.lead is not None and part.lead.term.id == term for part in whole.parts)


def _case(sentence: Sentence, item: Item, grammar: Grammar) -> bool:
    if _ABOUT_SOME.match(sentence.text) or is_of_other_cases(item) or _OF_BOTH.search(item.label):
        return True  # 未审结案件情况：行政复议4件
    if item.left.startswith("其中") and not item.before and item.whole is None:
        return True  # 其中3件行政复议系同一申请人提出
    place = sentence.items.index(item) + 1
    if place < len(sentence.items) and _ON_DISCLOSURE.fullmatch(sentence.items[place].left):
        return True  # 行政复议案件45件，涉及政府信息公开7件
    if grammar.patterns["as_authority"].search(sentence.text) or _UNRELATED.search(sentence.text):
        return True
    if sentence.passage.section != "overview" or (item.lead and item.lead.term.id in _OF_FORM):
        return False
    text = sentence.passage.text
    paragraph = text.rfind("\n", 0, sentence.start) + 1
    said = text[max(paragraph, sentence.start - 200) : sentence.end]
    return grammar.patterns["casework"].search(said) is not None and not _ABOUT_DISCLOSURE.search(said)


def is_of_other_cases(item: Item) -> bool:
    """已审结的诉讼18件: fewer than the form's; 应诉64件，其中政府信息公开类5件: more."""
    if item.kind not in _CHALLENGE:
        return False
    if _AS_AUTHORITY.search(item.left):
        return True  # 区政府作为复议机关审理区属部门案件19件
    is_part = not item.before and item.whole is not None and item.whole.kind in _CHALLENGE
    if is_part and len(item.hits) < 2 and not (item.lead and item.lead.term.id in _OF_FORM):
        return True  # 其中31件行政复议、15件行政诉讼获维持
    return _DECIDED.search(item.label) is not None or any(
        _ABOUT_DISCLOSURE.search(part.left) for part in item.parts
    )


def _groups_named(sentence: Sentence) -> set[str]:
    return {
        row.split(".")[1]
        for item in sentence.items
        for hit in item.hits
        if hit.term.kind == "result" and hit.term.id != "result.other.short"
        for row in hit.term.rows[0]
    }


def _is_tight(item: Item, grammar: Grammar) -> bool:
    """Whether 收到, 办结 stand so near the number that it is certainly theirs: not 更新答复模板21份."""
    if item.number.unit not in grammar.lists["case_units"]:
        return False
    if item.lead is None or not item.before or CHANGES_TO.fullmatch(item.left):
        return True
    last = max(hit.end for hit in item.hits)
    return grammar.patterns["tight"].match(item.label[last:]) is not None
