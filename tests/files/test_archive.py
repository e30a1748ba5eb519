"""Opening what may be broken or hostile: one clear line for each, and bytes copied as they were."""

from __future__ import annotations

import io
import os
import struct
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.files.handmade import parts_of, worksheet, zipped
from workbook.files.archive import DEFAULT, Archive, Limits, assemble, pack
from workbook.problems import UnusableInput

PLAIN = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def refusal(source: bytes | Path, limits: Limits = DEFAULT, name: str | None = None) -> str:
    """The one line with which a source is refused, whether at opening or at reading its parts."""
    with pytest.raises(UnusableInput) as caught, Archive.open(source, limits, name=name) as archive:
        for part in archive.names:
            archive.read(part)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("“")
    assert line.endswith("。")
    return line


def written_by_openpyxl() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "单位"
    book.save(out)
    return out.getvalue()


def entry_offsets(data: bytes, part: str) -> tuple[int, int]:
    """Where a part's packed data begin, and where its central record begins."""
    central = data.index(b"PK\x01\x02")
    while data[central + 46 : central + 46 + len(part)] != part.encode():
        central = data.index(b"PK\x01\x02", central + 4)
    header = struct.unpack_from("<I", data, central + 42)[0]
    n_name, n_extra = struct.unpack_from("<2H", data, header + 26)
    return header + 30 + n_name + n_extra, central


def patched(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


# ---- what is read, and copied


def test_names_and_contents_are_those_zipfile_sees() -> None:
    data = written_by_openpyxl()
    with Archive.open(data) as archive, zipfile.ZipFile(io.BytesIO(data)) as oracle:
        assert list(archive.names) == oracle.namelist()
        assert all(archive.read(name) == oracle.read(name) for name in archive.names)


def test_untouched_entries_reassemble_to_the_same_bytes() -> None:
    data = written_by_openpyxl()
    with Archive.open(data) as archive:
        assert assemble(map(archive.raw, archive.names), archive.comment) == data


def test_data_descriptors_stored_entries_and_comments_survive_reassembly() -> None:
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise io.UnsupportedOperation

    out = Pipe()
    with zipfile.ZipFile(out, "w") as archive:  # not seekable: sizes follow the data
        for number, (name, content) in enumerate(parts_of(PLAIN).items()):
            method = zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=method)
        archive.comment = "备注".encode()
    data = out.getvalue()
    with Archive.open(data) as opened:
        assert opened.raw("xl/workbook.xml").flags & 0x8
        assert opened.read("xl/worksheets/sheet1.xml") == PLAIN.encode()
        assert assemble(map(opened.raw, opened.names), opened.comment) == data


def test_zip64_entries_are_read_and_reassemble_to_a_sound_file() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(PLAIN).items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
    with Archive.open(out.getvalue()) as opened:
        assert opened.read("xl/worksheets/sheet1.xml") == PLAIN.encode()
        again = assemble(map(opened.raw, opened.names))
    assert zipfile.ZipFile(io.BytesIO(again)).testzip() is None


def test_a_replaced_entry_keeps_method_and_time_and_the_others_their_bytes() -> None:
    data = written_by_openpyxl()
    with Archive.open(data) as archive:
        changed = "xl/workbook.xml"
        entries = [
            pack(name, b"<new/>", archive.raw(name)) if name == changed else archive.raw(name)
            for name in archive.names
        ]
        again = assemble([*entries, pack("xl/新.xml", b"added")])
    with zipfile.ZipFile(io.BytesIO(again)) as new, zipfile.ZipFile(io.BytesIO(data)) as old:
        assert new.testzip() is None
        assert new.namelist() == [*old.namelist(), "xl/新.xml"]
        assert new.read(changed) == b"<new/>"
        assert new.getinfo(changed).date_time == old.getinfo(changed).date_time
        assert all(new.read(name) == old.read(name) for name in old.namelist() if name != changed)


def test_find_ignores_case_leading_slash_and_backslashes() -> None:
    parts = parts_of(PLAIN)
    parts["xl\\SharedStrings.xml"] = "<sst/>"
    with Archive.open(zipped(parts)) as archive:
        stored = next(name for name in archive.names if "haredStrings" in name)
        assert archive.find("/xl/sharedstrings.xml") == stored
        assert archive.find("XL/WORKBOOK.XML") == "xl/workbook.xml"
        assert archive.find("xl/nothing.xml") is None


# ---- what is no workbook


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        (OLE + "Workbook".encode("utf-16-le"), "旧版工作簿（.xls或.et）"),
        (OLE + "WordDocument".encode("utf-16-le"), ".wps"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "文件设有打开密码，请取消密码后重交"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x89PNG\r\n", "图片"),
        (b"<html><body><table>", "网页（HTML）"),
        ("\ufeff<!DOCTYPE HTML>".encode(), "网页（HTML）"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "XML表格2003"),
        ("单位,年度\n甲,2024\n".encode(), "文本文件（如.csv、.txt）"),
        ("单位,年度\n甲,2024\n".encode("gb18030"), "文本文件（如.csv、.txt）"),
        ("单位\t年度\n".encode("utf-16"), "文本文件（如.csv、.txt）"),
        (bytes(range(256)), "不是xlsx工作簿"),
        (b"PK\x05\x06" + bytes(18), "空压缩包"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), ".ods"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), ".docx"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
        (zipped({"[Content_Types].xml": "", "docProps/app.xml": ""}), "缺少工作簿部件"),
        (zipped({"年报/甲.xlsx": b"PK"}), "请解压后提交其中的工作簿"),
        (zipped({"readme.txt": "x"}), "是压缩包，不是xlsx工作簿"),
    ],
)
def test_another_kind_of_file_is_named_whatever_its_suffix(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "甲局年报.xlsx"
    path.write_bytes(content)
    line = refusal(path)
    assert said in line
    assert line.startswith("“甲局年报.xlsx”")
    assert str(tmp_path) not in line


def test_missing_files_folders_and_lock_files_are_named(tmp_path: Path) -> None:
    lock = tmp_path / "~$甲局年报.xlsx"
    lock.write_bytes(b"\x05admin")
    folder = tmp_path / "乙局.xlsx"
    folder.mkdir()
    assert "临时锁文件" in refusal(lock)
    assert "文件夹" in refusal(folder)
    with pytest.raises(UnusableInput, match=r"找不到“丙局\.xlsx”"):
        Archive.open(tmp_path / "丙局.xlsx")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.xlsx")
    assert "不是普通文件" in refusal(tmp_path / "管道.xlsx")


# ---- limits


def test_a_file_above_the_size_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with path.open("wb") as stream:
        stream.truncate(DEFAULT.file_size + 1)
    assert "超过64MB" in refusal(path)


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    assert "压缩炸弹" in refusal(zipped({**parts_of(PLAIN), "xl/media/a.bin": bytes(3_000_000)}))


def test_repetition_in_a_small_entry_is_no_bomb() -> None:
    with Archive.open(zipped({**parts_of(PLAIN), "xl/media/a.bin": bytes(900_000)})) as archive:
        assert len(archive.read("xl/media/a.bin")) == 900_000


def test_too_many_entries_and_too_much_content_are_refused() -> None:
    data = zipped({**parts_of(PLAIN), **{f"xl/media/{n}.bin": b"x" for n in range(50)}})
    assert "超过上限20个" in refusal(data, Limits(entries=20))
    assert "解压后过大" in refusal(data, Limits(unpacked=500))
    assert "解压后过大" in refusal(data, Limits(part_size=100))


def test_an_entry_that_unpacks_to_more_than_it_declares_is_refused() -> None:
    data = zipped({**parts_of(PLAIN), "xl/media/a.bin": bytes(500_000)})
    start, central = entry_offsets(data, "xl/media/a.bin")
    local = start - 30 - len("xl/media/a.bin")
    lying = patched(patched(data, central + 24, struct.pack("<I", 10)), local + 22, struct.pack("<I", 10))
    assert "长度不符" in refusal(lying)


def test_entries_that_overlap_are_refused() -> None:
    inner = pack("xl/b.bin", b"quoted by the entry around it")
    outer = pack("xl/a.bin", inner.local + inner.data)
    stored = replace(outer, method=0, data=inner.local + inner.data)
    local, central = bytearray(stored.local), bytearray(stored.central)
    local[8:10] = central[10:12] = b"\0\0"
    local[18:22] = central[20:24] = struct.pack("<I", len(stored.data))
    stored = replace(stored, local=bytes(local), central=bytes(central))
    with Archive.open(zipped(parts_of(PLAIN))) as archive:
        before = [archive.raw(name) for name in archive.names]
    sound = assemble([*before, stored])
    with Archive.open(sound) as archive:
        assert archive.read("xl/a.bin") == inner.local + inner.data
    data = assemble([*before, stored, replace(inner, local=b"", data=b"")])
    start, _ = entry_offsets(data, "xl/a.bin")
    _, central_b = entry_offsets(data, "xl/b.bin")
    assert "互相重叠" in refusal(patched(data, central_b + 42, struct.pack("<I", start)))


# ---- broken and hostile archives


@pytest.mark.parametrize(
    "name", ["../evil.xml", "xl/../../evil", "/etc/passwd", "C:/evil", "..\\evil", "a\0b"]
)
def test_names_that_point_out_of_the_package_are_refused(name: str) -> None:
    placeholder = "x" * len(name)
    data = zipped({**parts_of(PLAIN), placeholder: "x"}).replace(placeholder.encode(), name.encode())
    assert "部件名" in refusal(data)


def test_dots_inside_a_name_are_no_traversal() -> None:
    with Archive.open(zipped({**parts_of(PLAIN), "xl/media/a..b.png": b"x"})) as archive:
        assert archive.read("xl/media/a..b.png") == b"x"


def test_duplicate_entries_are_refused_even_in_another_case() -> None:
    parts = parts_of(PLAIN)
    parts["xl/WORKBOOK.xml"] = "<workbook/>"
    assert "出现两次" in refusal(zipped(parts))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(share: float) -> None:
    data = written_by_openpyxl()
    assert "已损坏" in refusal(data[: int(len(data) * share)])


def test_spliced_and_padded_files_are_refused() -> None:
    data = written_by_openpyxl()
    assert "目录位置不符" in refusal(data + data)
    assert "目录位置不符" in refusal(data[:4] + b"junk" + data[4:])


def test_a_flipped_byte_in_a_part_is_a_crc_or_structure_error() -> None:
    data = zipped(parts_of(worksheet('<row r="1"><c r="A1"><v>1234567</v></c></row>')))
    start, central = entry_offsets(data, "xl/worksheets/sheet1.xml")
    size = struct.unpack_from("<I", data, central + 20)[0]
    for at in range(start, start + size):
        refusal(patched(data, at, bytes([data[at] ^ 0x10])))


def test_a_false_crc_in_both_headers_is_found() -> None:
    content = PLAIN.encode()
    data = zipped(parts_of(PLAIN))
    right, wrong = struct.pack("<I", zlib.crc32(content)), struct.pack("<I", zlib.crc32(content) ^ 1)
    assert data.count(right) == 2
    assert "校验码不符" in refusal(data.replace(right, wrong))


def test_headers_that_disagree_are_refused() -> None:
    data = zipped(parts_of(PLAIN))
    start, _ = entry_offsets(data, "xl/worksheets/sheet1.xml")
    name_at = start - len("xl/worksheets/sheet1.xml")
    assert "前后记录不符" in refusal(patched(data, name_at, b"xl/worksheets/sheet2.xml"))


def test_encrypted_and_oddly_compressed_entries_are_refused() -> None:
    data = zipped(parts_of(PLAIN))
    _, central = entry_offsets(data, "xl/workbook.xml")
    assert "密码" in refusal(patched(data, central + 8, b"\x01\x00"))
    assert "压缩方式" in refusal(patched(data, central + 10, struct.pack("<H", 99)))


def test_any_single_corrupt_byte_of_the_directory_gives_a_line_or_the_same_contents() -> None:
    data = zipped(parts_of(PLAIN))
    with Archive.open(data) as archive:
        whole = sorted(archive.read(name) for name in archive.names)
    for at in range(data.index(b"PK\x01\x02"), len(data)):
        try:
            with Archive.open(patched(data, at, bytes([data[at] ^ 0xFF]))) as archive:
                assert sorted(archive.read(name) for name in archive.names) == whole
        except UnusableInput as error:
            assert "\n" not in str(error)
