"""The second desktop: gouji.oxt, an extension that puts the same buttons into LibreOffice Calc.

`build` makes it; `component` is the one file of it that LibreOffice runs; everything else in it is our
packages as they are, with the three libraries they need.
"""

from addin.extension.build import EXTENSION_FILE, build_extension

__all__ = ["EXTENSION_FILE", "build_extension"]
