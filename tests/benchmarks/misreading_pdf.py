"""How often damaged reports are misread in silence once LibreOffice has printed them as PDF.

Run as `python tests/benchmarks/misreading_pdf.py [cases] [seed]`. The cases are those of `misreading.py` as
Word documents, their tables ruled or not, with narrow columns: labels wrap, rows are divided by page ends.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.published.damaged_reports import made, wrong
from workbook.problems import UnusableInput
from workbook.published.libreoffice import find_soffice
from workbook.published.reading import read_published


def main(cases: int = 100, seed: int = 1) -> None:
    soffice = find_soffice()
    if soffice is None:
        raise SystemExit("LibreOffice is needed")
    counts: dict[str, Counter[str]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        all_made = [made("PDF", seed * 1_000_003 + number) for number in range(cases)]
        documents = [folder / f"{number}.docx" for number in range(cases)]
        for case, document in zip(all_made, documents, strict=True):
            document.write_bytes(case.data)
        profile = (folder / "profile").as_uri()
        command = [str(soffice), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", name, *map(str, documents)], check=True, capture_output=True)
        for case, document in zip(all_made, documents, strict=True):
            count = counts.setdefault(case.layout, Counter())
            count["cases"] += 1
            try:
                filing = read_published(document.with_suffix(".pdf"))
            except UnusableInput:
                count["refused"] += 1
                continue
            bad = wrong(case, filing)
            count["figures"] += len(case.truth)
            count["uncertain"] += sum(1 for c in case.truth if c in filing.uncertain or c not in filing.facts)
            count["wrong cases"] += bool(bad)
            count["wrong figures"] += len(bad)
    for layout, count in counts.items():
        share = count["uncertain"] / max(1, count["figures"])
        print(
            f"{layout}: {count['cases']} cases, {count['refused']} refused, {count['figures']} figures, "
            f"{count['wrong figures']} silently wrong in {count['wrong cases']} cases, {share:.1%} uncertain"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
