"""Write the committed masters anew: python -m tests.template.renew."""

from __future__ import annotations

from tests.template.samples import TEMPLATES
from workbook.form.editionfile import all_editions
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import save_master


def main() -> None:
    """Both editions, with the live sentences of the narrative."""
    for form in all_editions():
        save_master(form, load_rulebook(), TEMPLATES, live_sentences(form, load_sentences()))


if __name__ == "__main__":
    main()
