"""Gouji (勾稽): the engine behind the annual open-government-information report."""

__version__ = "0.1.0"
