"""Checks that the formula language cannot word, each under a name the rule book refers to."""

# They register themselves.
from workbook.rules.procedures import agreement, figures, form, lastyear, prose, publication  # noqa: F401
from workbook.rules.procedures.case import PROCEDURES, Case, Failed, Open, Passed, Verdict

__all__ = ["PROCEDURES", "Case", "Failed", "Open", "Passed", "Verdict"]
