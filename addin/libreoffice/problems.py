"""What can go wrong with a live LibreOffice, said in one Chinese line each."""

from __future__ import annotations

from workbook.problems import Problem


class OfficeProblem(Problem):
    """Something LibreOffice could not do; never carries a UNO exception along."""


class OfficeMissing(OfficeProblem):
    """No LibreOffice to talk to: not installed, its Python bridge missing, not started, not connected."""


class OfficeGone(OfficeProblem):
    """The LibreOffice, document or sheet that was being worked on has been closed or has crashed."""


class OfficeRefused(OfficeProblem):
    """LibreOffice will not do this step, as Excel would not either."""


class ProtectedSheet(OfficeRefused):
    """The sheet (or the workbook's structure) is protected against this change."""
