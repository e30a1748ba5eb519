"""Where the data files that lie beside the code are found, installed or not."""

from __future__ import annotations

from pathlib import Path

from workbook.problems import BrokenDefinition

_PACKAGE = Path(__file__).parent


def template_folder(package: Path = _PACKAGE) -> Path:
    """The folder `templates/`: inside the installed package (a wheel), else in the checkout around it.

    Raises BrokenDefinition where there is neither.
    """
    installed = package / "_templates"
    if installed.is_dir():
        return installed
    checkout = package.parent
    # Next to an installed package stands all of site-packages, where a `templates` would be somebody else's.
    if (checkout / "pyproject.toml").is_file() and (checkout / "templates").is_dir():
        return checkout / "templates"
    raise BrokenDefinition(f"{installed}: no templates here, nor in a checkout around it")
