"""The names under which the rule book asks about the report's prose; the answers come from above.

Rules know no prose: `workbook.prose.verify` reads it and gives each name its answers. Declared here are the
ways each can fail and the words its messages may use.
"""

from __future__ import annotations

from workbook.rules.procedures.case import answered_elsewhere

_SAID = "section quote stated true said hint"  # every disagreement of a number with the table

for _name in ("flows", "applicants", "results", "challenges", "proactive"):
    answered_elsewhere(f"prose.{_name}", "differs", _SAID)
answered_elsewhere("prose.received", "differs other_base", _SAID)
answered_elsewhere("prose.share", "differs rounding", f"{_SAID} base exact")
answered_elsewhere("prose.growth", "differs direction", f"{_SAID} exact")
answered_elsewhere("prose.none", "received challenges", "section quote true said")
answered_elsewhere("prose.finished", "pending", "section quote true said")
answered_elsewhere("prose.outcomes", "upheld corrected pending", "section quote true said")
answered_elsewhere("prose.parts", "exceeds unequal", "section quote whole sum parts")
answered_elsewhere("prose.years", "other_year", "section quote found expected")
answered_elsewhere("prose.gaps", "number_missing placeholder instruction", "section quote found")
answered_elsewhere("prose.sections", "count names", "quote found expected")
answered_elsewhere("prose.documents", "other_edition old_regulation", "section quote found expected")
answered_elsewhere("prose.problems", "empty one_sided fewer_measures", "found count limit")
answered_elsewhere("prose.fees", "incomplete more_received contradiction", "quote found stated true")
answered_elsewhere("prose.overview", "too_long government aspect", "count limit found", limits="characters")
answered_elsewhere("prose.repeated", "differs", "section quote stated said found there")
answered_elsewhere("prose.required", "missing", "found")
answered_elsewhere("prose.substance", "preamble nothing_said", "found")
answered_elsewhere("prose.fees_in_table", "less", "quote stated true")
answered_elsewhere("prose.similar", "similar", "section found count", limits="similarity")
answered_elsewhere("prose.fee_notice", "unsaid", "true")
