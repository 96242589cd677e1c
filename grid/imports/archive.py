"""Is a file a workbook that may be read at all? Looked at as a zip archive, before anything parses it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from zipfile import ZipFile, ZipInfo

from grid.errors import Invalid


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold. rows: of a sheet as written down, empty ones included; lines: those with something
    in them, all sheets together.
    """

    size: int = 8 * 1024 * 1024
    unpacked: int = 64 * 1024 * 1024
    parts: int = 1000
    styles: int = 4 * 1024 * 1024
    strings: int = 400_000
    sheets: int = 30
    rows: int = 20_000
    lines: int = 10_000
    columns: int = 40
    seconds: float = 20.0


USUAL = Limits()
OLE = b"\xd0\xcf\x11\xe0"  # xls, and everything encrypted
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ENTITIES = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
FOREIGN = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/")
STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")


def check(data: bytes, limits: Limits = USUAL) -> None:
    """Refuse what is not a plain .xlsx of a sane size. Raises Invalid with the reason."""
    check_size(data, limits)
    if data.startswith(OLE):
        secret = ENCRYPTED in data
        raise refusal("文件加了密码，请先去掉密码" if secret else "这是旧版 .xls 文件，请另存为 .xlsx")
    if not data.startswith(b"PK"):
        raise refusal("这不是 Excel 工作簿（.xlsx）")
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive.infolist(), limits)
            for member in archive.infolist():
                _check_part(member.filename, archive.read(member), limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise refusal("文件不完整或已损坏，请重新导出") from error


def check_size(data: bytes, limits: Limits = USUAL) -> None:
    """Refuse what is empty or too large. Raises Invalid."""
    if not data:
        raise refusal("文件是空的")
    if len(data) > limits.size:
        raise refusal(f"文件超过 {_size(limits.size)}")


def refusal(reason: str) -> Invalid:
    """The error for a file beyond use."""
    return Invalid(f"{reason}。什么都没有导入。", field="file")


def _check_members(members: list[ZipInfo], limits: Limits) -> None:
    names = [member.filename for member in members]
    if len(names) > limits.parts or len(set(names)) < len(names):
        raise refusal("文件里的部件太多或重复")
    if any(member.flag_bits & 1 for member in members):
        raise refusal("文件加了密码，请先去掉密码")
    if sum(member.file_size for member in members) > limits.unpacked:
        raise refusal(f"文件解开后超过 {_size(limits.unpacked)}，可能是压缩炸弹")
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise refusal("文件里有不正常的路径")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        raise refusal("这不是 Excel 工作簿（.xlsx）")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise refusal("文件里有宏，请另存为不带宏的 .xlsx")
    if any(name.startswith(FOREIGN) for name in names):
        raise refusal("文件引用了别的工作簿或外部数据，请先断开链接，只留数值")


def _check_part(name: str, part: bytes, limits: Limits) -> None:
    if name.endswith((".xml", ".rels")) and any(mark in part for mark in ENTITIES):
        raise refusal("文件里有不允许的 XML 声明")
    if name == "xl/styles.xml" and len(part) > limits.styles:
        raise refusal("单元格样式太多，请把内容粘贴到新的工作簿")
    if name == "xl/sharedStrings.xml" and _exceeds(STRING, part, limits.strings):
        raise refusal("文字太多")
    if name.startswith("xl/worksheets/") and _exceeds(ROW, part, limits.rows):
        raise refusal(f"工作表超过 {limits.rows} 行（空行也算），请删掉后面的空行")


def _exceeds(pattern: re.Pattern[bytes], part: bytes, most: int) -> bool:
    return any(count > most for count, _ in enumerate(pattern.finditer(part), 1))


def _size(number: int) -> str:
    return f"{number // 1024 // 1024} MB"
