"""The few kinds of trouble no clerk can mend in a cell; everything else is a finding."""

from __future__ import annotations


class Problem(Exception):
    """Something that stops the work on one input; its text is one Chinese line for the user."""


class UnusableInput(Problem):
    """A file that cannot be read as a report: broken, protected, another kind of file, too large."""


class UnwritableOutput(Problem):
    """A result that cannot be written: folder missing or read-only, file open elsewhere, disk full."""


class BrokenDefinition(Problem):
    """An edition, rule or sentence file that contradicts itself; names file and line for the engineer."""
