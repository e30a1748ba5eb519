"""Everything the results speak of, read once from a campaign's ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from workbook.campaign.corrections import Correction, corrections
from workbook.campaign.documents import figures_of
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.lastyear import LastYearShelf
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import (
    Fate,
    Figures,
    Receipt,
    State,
    StoredFinding,
    UnitState,
    WouldFail,
)
from workbook.campaign.roster import Roster
from workbook.campaign.settings import Settings, read_settings
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.results.alike import Alike, alike_units
from workbook.results.consistency import Mismatch, mismatches, pair_mismatches
from workbook.rules.local import localised
from workbook.rules.rulebook import load_rulebook


@dataclass(frozen=True)
class Gathered:
    """A campaign as it stands on a day; findings are those of the revisions that count, by unit code."""

    folder: CampaignFolder
    settings: Settings
    roster: Roster
    states: Sequence[UnitState]
    receipts: Sequence[Receipt]
    findings: Mapping[str, Sequence[StoredFinding]]
    reports: Mapping[str, Figures]
    would_fail: Sequence[WouldFail]
    last: Mapping[str, Mapping[CellId, Decimal]]  # last year's figures by unit code
    today: date
    links: Mapping[str, str] = field(default_factory=dict)  # 报送码 by unit code
    corrections: Mapping[str, Correction] = field(default_factory=dict)  # after publication, by unit code

    @property
    def edition(self) -> Edition:
        """The form in force for the campaign's year."""
        return edition_for_year(self.settings.year) or all_editions()[-1]

    @cached_property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """What only shows when reports are laid side by side."""
        between = mismatches(self.roster, self.states, self.receipts, self.reports, self.edition)
        return (*between, *(one for pair in self.alike for one in pair_mismatches(pair, self.roster)))

    @cached_property
    def alike(self) -> tuple[Alike, ...]:
        """Units whose words nearly equal another's, by this campaign's threshold (YOY-08)."""
        limits = localised(load_rulebook(), self.settings.local).limits_of("prose.similar")
        words = {code: report.words for code, report in self.reports.items()}
        return tuple(alike_units(words, float(limits["similarity"]))) if limits else ()

    @cached_property
    def late(self) -> tuple[UnitState, ...]:
        """Units past their date: not in yet, or in too late."""
        return tuple(item for item in self.states if item.days_late(self.today) > 0)

    @cached_property
    def unsettled(self) -> tuple[UnitState, ...]:
        """Units that still have something to do: those to be reminded."""
        return tuple(item for item in self.states if item.state in _OPEN)

    @cached_property
    def troubles(self) -> tuple[Receipt, ...]:
        """Received things that are nobody's valid report, for somebody to look at."""
        harmless = (Fate.CURRENT, Fate.SUPERSEDED, Fate.ARCHIVE, Fate.IGNORED, Fate.SET_ASIDE)
        return tuple(item for item in self.receipts if item.fate not in harmless)

    def leads(self, code: str) -> list[StoredFinding]:
        """One finding a slip of a unit, the gravest first."""
        found = [finding for finding in self.findings.get(code, ()) if finding.lead]
        return sorted(found, key=lambda finding: (finding.severity.rank, finding.number))


_OPEN = (State.MISSING, State.RECEIVED, State.RETURNED)


def gather_open(folder: CampaignFolder, today: date) -> Gathered:
    """What reminding needs alone: findings of units with something left to do, no figures.

    Raises UnusableInput where there is no campaign.
    """
    folder.require()
    settings = read_settings(folder.settings)
    with Ledger(folder.ledger) as ledger:
        states = ledger.states(settings)
        return Gathered(
            folder=folder,
            settings=settings,
            roster=ledger.roster(),
            states=states,
            receipts=ledger.receipts(),
            findings={
                item.unit.code: ledger.findings(item.receipt.key)
                for item in states
                if item.state in _OPEN and item.receipt is not None
            },
            reports={},
            would_fail=(),
            last={},
            today=today,
            links=ledger.links(),
        )


def gather(folder: CampaignFolder, today: date) -> Gathered:
    """Read a campaign. Raises UnusableInput where there is none."""
    folder.require()
    settings = read_settings(folder.settings)
    with Ledger(folder.ledger) as ledger, LastYearShelf(folder.last_year) as shelf:
        findings: dict[str, list[StoredFinding]] = {}
        for code, finding in ledger.current_findings():
            findings.setdefault(code, []).append(finding)
        states = ledger.states(settings)
        return Gathered(
            folder=folder,
            settings=settings,
            roster=ledger.roster(),
            states=states,
            corrections=corrections(ledger, states),
            receipts=ledger.receipts(),
            findings=findings,
            reports={item.unit: item for item in ledger.figures()},
            would_fail=ledger.would_fail(),
            last={
                code: figures_of("", code, before.filing).values
                for code in shelf.digests()
                if (before := shelf.get(code)) is not None
            },
            today=today,
            links=ledger.links(),
        )
