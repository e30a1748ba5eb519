"""Formulas in the form's own labels: 本年新收＋上年结转＝（七）总计＋结转下年度.

What the rule book says in ids, a legal clerk reads here in the words printed on the form; nothing is worded
twice, so that the handbook cannot say another thing than the check does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from workbook.form.edition import Edition, Line, Table
from workbook.form.filing import LEVELS
from workbook.form.values import figure
from workbook.rules.expression import (
    Absolute,
    Arithmetic,
    Comparison,
    Denial,
    Junction,
    Membership,
    Name,
    Node,
    Number,
    Text,
    names,
    parse,
)
from workbook.rules.rule import Message, Outcome, Rule, Test

_SIGNS = {
    "+": "＋",
    "-": "－",
    "*": "×",
    "/": "÷",
    "=": "＝",
    "!=": "≠",
    "<": "＜",
    "<=": "≤",
    ">": "＞",
    ">=": "≥",
}
_JOINTS = {"and": " 且 ", "or": " 或 "}

# Words of the context, said and denied.
_CONTEXT = {
    "organ.level": "单位级别",
    "organ.may_make_rules": "本单位有规章制定权",
    "organ.temporary": "本单位是派出、临时或议事协调机构",
    "scope": "口径",
    "year": "报告年度",
    "left": "左边",
    "right": "右边",
}
_DENIED = {
    "organ.may_make_rules": "本单位无规章制定权",
    "organ.temporary": "本单位不是派出、临时或议事协调机构",
}
_SCOPES = {"own": "本级", "consolidated": "全口径"}

# What a message's place for a number will hold, where it is no expression in the form's names.
_PLACES = {
    "place": "格",
    "row": "行",
    "column": "列",
    "table": "表",
    "unit": "单位",
    "value": "填报数",
    "left": "左边之数",
    "right": "右边之数",
    "difference": "差数",
    "off": "多计或少计之数",
    "parts": "各项之数",
    "left_parts": "左边各项之数",
    "raw": "所填内容",
    "formula": "公式",
    "previous": "上年数",
    "as_yuan": "填报数÷10000",
    "cap": "上限",
    "count": "个数",
    "cells": "所在格",
    "examples": "所填内容",
    "year": "年度",
    "edition": "所用版式",
    "right_edition": "应用版式",
    "name": "表名",
    "found": "现有内容",
    "expected": "应有内容",
    "here": "封面内容",
    "there": "另一处内容",
    "source": "另一处",
    "submitted": "提交数",
    "published": "公开数",
    "section": "部分",
    "signed": "审签时的码",
    "now": "现在的码",
    "limit": "上限",
    "quote": "文中的话",
    "stated": "文中的数",
    "said": "表中的格",
    "true": "表中的数",
    "hint": "这个数是哪一格的",
    "base": "分子、分母",
    "exact": "计算所得",
    "whole": "总数",
    "sum": "各项之和",
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

# How tightly an operator binds; a part that binds less tightly than its whole is put in brackets.
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _ATOM = range(7)


class Words:
    """Says the formulas of one test in the labels of the newest edition that prints them."""

    def __init__(self, rule: Rule, test: Test, editions: Iterable[Edition]) -> None:
        self.rule = rule
        self.test = test
        covered = [edition for edition in editions if rule.covers(edition)]
        self.editions = sorted(covered, key=lambda edition: edition.first_year, reverse=True)

    def formula(self) -> str:
        """The whole requirement: over what, then the formula (or what the procedure asks)."""
        if self.test.formula is None:
            return _PLACEHOLDER.sub(lambda found: figure(self.rule.limits[found[1]]), self.test.requires)
        over = self._over()
        return f"{over}：{self.say(self.test.formula)}" if over else self.say(self.test.formula)

    def condition(self, outcome: Outcome) -> str:
        """When an outcome is taken: its condition in words, 其他情形 for the last of several, else ""."""
        if outcome.when is not None:
            return self.say(outcome.when)
        several = self.test.formula is not None and len(self.test.outcomes) > 1
        return "其他情形" if several else ""

    def message(self, message: Message) -> str:
        """A message with 〔what will stand there〕 in the place of each number."""

        def placed(found: re.Match[str]) -> str:
            word = found[1]
            if word == "right" and self.test.procedure is not None:
                word = "right_edition"
            if word in _PLACES:
                return f"〔{_PLACES[word]}〕"
            node = parse(word)
            constant = all(name.path.startswith("limit.") for name in names(node))
            return self.say(node) if constant else f"〔{self.say(node)}〕"

        return _PLACEHOLDER.sub(placed, message.text)

    def say(self, node: Node) -> str:
        """A formula in Chinese labels and full-width signs."""
        return self._say(node, _OR)

    def _say(self, node: Node, outer: int) -> str:
        text, inner = self._worded(node)
        return f"（{text}）" if inner < outer else text

    def _worded(self, node: Node) -> tuple[str, int]:
        match node:
            case Number(value):
                return figure(value), _ATOM
            case Text(value):
                return f"“{_word(value)}”", _ATOM
            case Name():
                return self._name(node), _ATOM
            case Arithmetic("-", Number(value), right) if value == Decimal(0):
                return f"－{self._say(right, _ATOM)}", _PRODUCT
            case Arithmetic("*", Name(path, None, False), Number(value)) if (
                path.startswith("limit.") and value == 100
            ):
                return figure(self._limit(path) * 100), _ATOM  # {limit.share * 100}% prints a percentage
            case Arithmetic(operator, left, right):
                level = _SUM if operator in "+-" else _PRODUCT
                return f"{self._say(left, level)}{_SIGNS[operator]}{self._say(right, level + 1)}", level
            case Absolute(inner):
                return f"｜{self.say(inner)}｜", _ATOM
            case Comparison(operator, left, right):
                return f"{self._say(left, _SUM)}{_SIGNS[operator]}{self._say(right, _SUM)}", _COMPARE
            case Membership(inner, words):
                listed = "、".join(_word(word) for word in words)
                return f"{self._say(inner, _ATOM)}为{listed}" + ("之一" if len(words) > 1 else ""), _COMPARE
            case Denial(Name(path, None, False)) if path in _DENIED:
                return _DENIED[path], _ATOM
            case Denial(inner):
                return f"非（{self.say(inner)}）", _NOT
            case Junction(operator, parts):
                # Mixed 且 and 或 are always bracketed: readers do not share the grammar's precedence.
                level = _OR if operator == "or" else _AND
                return _JOINTS[operator].join(self._say(part, _NOT) for part in parts), level

    def _limit(self, path: str) -> Decimal:
        return self.rule.limits[path.removeprefix("limit.")]

    def _name(self, name: Name) -> str:
        if name.column is None and not name.prior:
            if name.path in _CONTEXT:
                return _CONTEXT[name.path]
            if name.path.startswith("limit."):
                return figure(self._limit(name.path))
        label = self._label(name)
        if not name.prior:
            return label
        # “上年年报”, not “上年”: the form has lines of its own called 上年结转 and 上一年项目数量.
        return "上年年报" + (label if name.column is not None or name.path == "this" else f"“{label}”")

    def _label(self, name: Name) -> str:
        if name.path == "this":
            return "该格"
        for edition in self.editions:
            table, row = self._table(edition, name.path)
            if table is None:
                continue
            if name.column is None:
                lines = table.columns if self.test.each == "row" else table.rows
                if row in lines:
                    return lines[row].short
            elif (line := table.rows.get(row)) is not None and name.column in table.columns:
                return self._cell(edition, table, line, name)
        return name.path

    def _cell(self, edition: Edition, table: Table, row: Line, name: Name) -> str:
        cells = table.resolve(row.id, name.column or "")
        column = table.column_of(cells[0]) if cells else table.columns[name.column or ""]
        prefix = table.label if name.path.partition(".")[0] in edition.by_id else ""
        return f"{prefix}“{row.short}”{column.short}"

    def _table(self, edition: Edition, path: str) -> tuple[Table | None, str]:
        head, _, rest = path.partition(".")
        if rest and head in edition.by_id:
            return edition.by_id[head], rest
        return edition.by_id.get(self.test.table or ""), path

    def _over(self) -> str:
        """What a test goes over: 表三每一列, 表二“规章”“行政规范性文件”各行."""
        test = self.test
        if test.each == "report":
            return next((e.by_id[test.table].label for e in self.editions if test.table in e.by_id), "")
        if test.each == "cell":
            return self._cells_over()
        kind = "行" if test.each == "row" else "列"
        table = next(edition.by_id[test.table] for edition in self.editions if test.table in edition.by_id)
        if not test.over:
            return f"{table.label}每一{kind}"
        labels = [self._line(item).short for item in test.over]
        return table.label + "".join(f"“{label}”" for label in labels) + f"各{kind}"

    def _line(self, item: str) -> Line:
        tables = [edition.by_id[self.test.table or ""] for edition in self.editions]
        lines = (table.rows if self.test.each == "row" else table.columns for table in tables)
        return next(found[item] for found in lines if item in found)

    def _cells_over(self) -> str:
        """The cells by row, in the words of every edition that prints them."""
        found: dict[str, list[str]] = {}
        for item in self.test.over:
            name = parse(item)
            if not isinstance(name, Name):
                continue
            for edition in self.editions:
                table, row = self._table(edition, name.path)
                cells = table.resolve(row, name.column or "") if table else ()
                if table and cells:
                    columns = found.setdefault(f"{table.label}“{table.rows[row].short}”", [])
                    columns.append(table.column_of(cells[0]).short)
                    break
        listed = [row + "、".join(dict.fromkeys(columns)) for row, columns in found.items()]
        return "；".join(listed) + "各格"


def _word(text: str) -> str:
    return LEVELS.get(text) or _SCOPES.get(text) or text


def requirement(rule: Rule, editions: Iterable[Edition]) -> list[str]:
    """What a rule requires, one sentence a test."""
    known = tuple(editions)
    return [Words(rule, test, known).formula() for test in rule.tests]
