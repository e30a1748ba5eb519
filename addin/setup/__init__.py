"""Putting the button where Excel or LibreOffice finds it, for this user only, and taking it away again."""

from addin.setup.steps import Report, install, status, uninstall

__all__ = ["Report", "install", "status", "uninstall"]
