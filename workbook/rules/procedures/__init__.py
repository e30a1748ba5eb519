"""Checks that the formula language cannot word, each under a name the rule book refers to."""

from workbook.rules.procedures import figures, form, lastyear, publication  # noqa: F401  (they register themselves)
from workbook.rules.procedures.case import PROCEDURES, Case, Failed, Open, Passed, Verdict

__all__ = ["PROCEDURES", "Case", "Failed", "Open", "Passed", "Verdict"]
