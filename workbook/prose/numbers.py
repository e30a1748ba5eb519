"""The numbers of a text: which are data, what they say, and how exactly they say it.

Dates, ordinals, document numbers, articles, telephones, durations, titles and catchwords are no data. A
number of the text keeps the sign after it (件, 元, %), its scale (万, 亿) and its hedge (余, 约, 近 …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

_HAN = "零〇○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_HAN_DIGITS = {
    **{sign: value for value, sign in enumerate("零一二三四五六七八九")},
    **{sign: value for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{"两": 2, "○": 0},
}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_SCALES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}

# What follows a number as its unit; longer first. 个 and 项 count only after digits.
_UNITS = (
    "件次|人次|件|案(?!件|例|由|卷)|宗|份|起|条|项|篇|次|期|元|家|人|名|个|户|幅|部|册|场|批|类|例|则"
    "|余件|页|字|栏|处|%"
)
_HAN_UNIT = (
    "件次|人次|件(?!套|事)|宗|份(?!子)|条(?!例|款|龙|线)|篇|万元|元"
    "|起(?=行政|因|政府|涉|案|复议|诉讼|，|。|、|；|$)"
)

# What looks like a number and is none. The first that fits at a place takes it whole.
_NO_DATA = r"""
    《[^》]{0,120}》
  | [“"'‘][^”"'’]{0,14}\d[^”"'’]{0,14}[”"'’]
  | [“"][^”"]{0,10}[一二三四五六七八九十][件次份条][^”"]{0,8}[”"]
  | [（〔]\d{4}[）〕]第?\d+号
  | \d{4}[-—~～至]\d{4}(?=学?年)
  | \d{4}年度? | (?<![\d.])20\d\d(?=共|我[局委镇街办厅区县市]|全[年市县区]|度)
  | \d{1,2}月\d{1,2}日?(?:[-—~～至]\d{1,2}日)?
  | \d{1,2}[-—~～至到]\d{1,2}月(?:份|底|末)?
  | \d{1,2}月(?:份|底|末|初)?
  | \d{1,2}日(?!均)
  | 第[\d零〇一二三四五六七八九十百]+(?:[（(][一二三四五六七八九十]+[）)])?
  | \d{3,4}-\d{7,8}(?:-\d+)? | (?<!\d)1[3-9]\d{9}(?!\d)
  | (?:电话|传真|热线|邮编|邮政编码|号码)[^，。；\d]{0,4}[\d-]{5,}
  | (?<!\d)123[0-9]{2}(?=热线|平台|等|政务|市民|便民|民|工单|投诉|转办|承办|诉求|系统|来电|服务)
  | (?:https?：//|www\.)[\w./?=&%-]{1,200} | [A-Za-z0-9._-]{1,40}@[\w.]{1,40}
  | \d{4,5}(?=统一|政务|平台|热线|便民) | \d+号 | \d+[×x*]\d+ | \d+[：/]\d+(?:[：/]\d+)?
  | \d+\.\d+\.\d+ | \d+\.\d+版
  | [A-Za-z]{1,10}-?\d+ | \d+(?:\.\d+)?(?:[A-Za-z]{1,3})(?![A-Za-z%])
  | 十[一二三四五]五 | 二十大 | 十[七八九]大 | \d+大报告
  | (?:\d+\.\d+|[\d一二两三四五六七八九十]{1,8})余?个?
    (?:工作日|自然日|小时|分钟|天|周年|周|星期|季度|年|月|多年|秒|岁)
  | (?<=[。；：！？\n，、“])\d{1,2}[、.．](?!\d) | ^\d{1,2}[、.．](?!\d) | （\d{1,2}）(?![件条次份宗起篇])
  | [一二三四五六七八九十]是
  | [一二三四五六七八九十]{1,2}(?:[、.]|批(?!次)|届|级|类(?!.{0,4}件))
"""
_DATA = rf"""
    (?P<range>\d+(?:\.\d+)?(?:-|—|~|～|至|到)\d+(?:\.\d+)?(?=余?(?:个)?(?:{_UNITS})))
  | (?P<hundredth>百分之(?:百|[{_HAN}点]{{1,18}}|\d+(?:\.\d+)?))
  | (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
  | (?P<han>[{_HAN}]{{1,18}})(?=[余多来]?(?:{_HAN_UNIT}))
"""
_SCAN = re.compile(f"(?P<none>{_NO_DATA})|{_DATA}", re.VERBOSE | re.MULTILINE)
_TAIL = re.compile(
    rf"(?P<more>[余多来])?(?P<scale>百万|千万|万|亿|千|百)?(?P<more2>[余多])?(?P<unit>个百分点|‰|{_UNITS})?(?P<above>以上|左右|上下)?"
)
_HEDGE = re.compile(
    r"(?P<least>超过|超|逾|突破|至少|不少于|不低于|高达)$|(?P<most>不到|不足)$|(?P<about>约|大约|近|将近|接近|大概)$"
)
_NONE_AT_ALL = re.compile("(?:没有|未有|任何|无)$")
_HUNDREDTH = Decimal("0.01")
_LONGEST = 18  # signs; beyond that nothing is a count


class Hedge(Enum):
    """How exactly a number is meant."""

    EXACT = "exact"
    ABOUT = "about"  # 约, 近, 左右
    LEAST = "least"  # 余, 多, 超过, 以上
    MOST = "most"  # 不到, 不足


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the text: `start`–`end` in the passage's text, its unit included.

    `value` in ones (258.5亿元 → 25850000000), `step` what one in the last printed digit is worth, `mark` the
    value of the last digit that is not 0 among those printed (200余 → 100); percentages are in points.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    step: Decimal
    mark: Decimal
    hedge: Hedge
    is_range: bool = False

    @property
    def is_share(self) -> bool:
        """A percentage."""
        return self.unit == "%"

    @property
    def scaled(self) -> bool:
        """Written in 万 or 亿, so rounded."""
        return self.step > 1

    @property
    def is_countable(self) -> bool:
        """Whether it can be added up, within its margin."""
        return self.hedge is Hedge.EXACT and not self.is_range

    @property
    def margin(self) -> Decimal:
        """By how much it may be off through rounding: 67.35万 by 50."""
        return self.step / 2 if self.scaled else Decimal(0)

    @property
    def is_exact(self) -> bool:
        """Exact enough to be added: not about, not rounded, no range."""
        return self.hedge is Hedge.EXACT and not self.scaled and not self.is_range


def find_numbers(text: str) -> Iterator[Number]:
    """Every number of a passage's text that is data, in order."""
    for found in _SCAN.finditer(text):
        if found["none"] is None and (number := _number(found, text)) is not None:
            yield number


def _number(found: re.Match[str], text: str) -> Number | None:
    written = found["digits"] or found["han"] or found["hundredth"] or found["range"]
    if len(written) > _LONGEST:
        return None
    around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
    in_brackets = around == "（）"
    tail = _TAIL.match(text, found.end() + in_brackets)  # （1398）条
    if in_brackets and (tail is None or not tail["unit"]):
        in_brackets, tail = False, _TAIL.match(text, found.end())
    if tail is None:  # every part of it may be absent: it always fits
        return None
    unit, scale, end = tail["unit"] or "", tail["scale"] or "", tail.end()
    if found["hundredth"]:
        value, step, unit, scale, end = *_hundredth(written), "%", "", found.end()
    elif found["han"]:
        if _is_catchword(found, text):
            return None
        value, step = Decimal(_chinese(written)), Decimal(1)
    else:
        plain = re.split(r"[-—~～至到]", written)[-1].replace(",", "")
        value = Decimal(plain)
        exponent = value.as_tuple().exponent
        step = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
    if unit == "个百分点":
        unit = "点"
    factor = _SCALES[scale]
    more = tail["more"] or tail["more2"] or tail["above"] == "以上"
    hedged = _HEDGE.search(text, max(0, found.start() - 4), found.start())
    hedge = Hedge.EXACT
    if (hedged and hedged["about"]) or tail["above"] in ("左右", "上下"):
        hedge = Hedge.ABOUT
    elif hedged and hedged["most"]:
        hedge = Hedge.MOST
    elif more or hedged:
        hedge = Hedge.LEAST
    value, step = value * factor, step * factor
    return Number(
        found.start() - in_brackets, end, value, unit, step, _mark(value, step), hedge, bool(found["range"])
    )


def _mark(value: Decimal, step: Decimal) -> Decimal:
    mark = step
    while value and mark < value and value % (mark * 10) == 0:
        mark *= 10
    return mark


def _is_catchword(found: re.Match[str], text: str) -> bool:
    """一起 (together), 一件事, 万元 alone: words, not counts."""
    written, follows = found["han"], text[found.end() : found.end() + 2]
    if all(sign in "百千万亿" for sign in written):
        return True
    if written == "一" and _NONE_AT_ALL.search(text, max(0, found.start() - 2), found.start()):
        return True  # 没有一件被纠正
    if written == "一" and follows[:1] == "起":
        return "行政" not in text[found.end() : found.end() + 6]
    return written[0] in "第" or text[max(0, found.start() - 1) : found.start()] in ("第", "每", "逐", "之")


def _hundredth(written: str) -> tuple[Decimal, Decimal]:
    said = written.removeprefix("百分之")
    if said == "百":
        return Decimal(100), Decimal(1)
    if said[0].isdigit():
        value = Decimal(said)
    else:
        whole, _, decimals = said.partition("点")
        digits = "".join(str(_HAN_DIGITS.get(sign, 0)) for sign in decimals)
        value = Decimal(f"{_chinese(whole)}.{digits}" if digits else _chinese(whole))
    exponent = value.as_tuple().exponent
    return value, Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _chinese(written: str) -> int:
    """一百二十三 → 123, 一万二 is not met; digits in a row (二〇) are read as digits."""
    if all(sign in _HAN_DIGITS for sign in written):
        return int("".join(str(_HAN_DIGITS[sign]) for sign in written))
    total = section = digit = 0
    for sign in written:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif sign in _HAN_UNITS:
            section += (digit or 1) * _HAN_UNITS[sign]
            digit = 0
        else:
            total = (total + section + digit) * _SCALES[sign]
            section = digit = 0
    return total + section + digit


def agrees(number: Number, true: Decimal) -> bool:
    """Whether a figure is what a number of the text says, as exactly as it says it."""
    if number.hedge is Hedge.LEAST:
        return number.value <= true < number.value + max(number.mark, Decimal(10)) * 3
    if number.hedge is Hedge.MOST:
        return number.value - max(number.mark, Decimal(10)) * 3 < true <= number.value
    if number.hedge is Hedge.ABOUT:
        return abs(true - number.value) <= max(number.mark, number.value / 10)
    if number.scaled:
        return abs(true - number.value) <= number.step
    return true == number.value


def share_fits(number: Number, exact: Decimal) -> tuple[bool, bool]:
    """Whether a percentage is right within half a unit of its last digit, and whether within one unit."""
    off = abs(number.value - exact)
    if number.hedge is not Hedge.EXACT:
        return off <= max(number.step, Decimal(1)), True
    return off <= number.step / 2, off < number.step


def percent(share: Decimal) -> str:
    """A share in points with two decimals, as messages print it."""
    return str((share * 100).quantize(_HUNDREDTH, ROUND_HALF_UP))
