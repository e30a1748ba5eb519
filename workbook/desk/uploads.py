"""Files out of a request, within what one request may bring."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from workbook.desk.settings import DeskSettings
from workbook.desk.visits import safe_name
from workbook.files.limits import DEFAULT

_FIELDS = 2_000  # a 情况说明 for each complaint
_FIELD_SIZE = 64 * 1024  # bytes of one field that is no file: a 情况说明, a code


@dataclass(frozen=True, slots=True)
class Upload:
    """One file and the name it had at the visitor's."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form brought: files by field, texts by field."""

    files: dict[str, tuple[Upload, ...]]
    texts: dict[str, tuple[str, ...]]

    def text(self, field: str) -> str:
        """The first text of a field, "" where there is none."""
        return next(iter(self.texts.get(field, ())), "")


@contextlib.asynccontextmanager
async def sent(request: Request) -> AsyncIterator[Sent]:
    """The form of a request. Raises HTTPException: 400 no form, or too many files; 413 too large."""
    settings: DeskSettings = request.app.state.settings
    kind = request.headers.get("content-type", "")
    if not kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        raise HTTPException(415)
    try:
        async with request.form(
            max_files=settings.files, max_fields=_FIELDS, max_part_size=_FIELD_SIZE
        ) as form:
            files: dict[str, tuple[Upload, ...]] = {}
            texts: dict[str, tuple[str, ...]] = {}
            for field, value in form.multi_items():
                if not isinstance(value, UploadFile):
                    texts[field] = (*texts.get(field, ()), value)
                elif value.filename:
                    if (value.size or 0) > DEFAULT.file_size:
                        raise HTTPException(413)
                    upload = Upload(safe_name(value.filename), await value.read())
                    files[field] = (*files.get(field, ()), upload)
            yield Sent(files, texts)
    except (KeyError, ValueError, UnicodeError) as error:
        raise HTTPException(400) from error
