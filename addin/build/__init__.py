"""Builds gouji.xlam and macro-enabled workbooks from the text in `macros/`, on any system, without Excel."""

from addin.build.products import build_addin, build_macro_template

__all__ = ["build_addin", "build_macro_template"]
