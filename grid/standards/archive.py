"""Is a file a workbook that may be read at all? Looked at as a zip archive, before anything parses it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from zipfile import ZipFile, ZipInfo

from grid.errors import Invalid

MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_STYLES = 4 * 1024 * 1024
MAX_MEMBERS = 1000
MAX_STRINGS = 400_000
MAX_ROWS = 20_000  # rows of a sheet as written down, empty ones included

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ENTITIES = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
FOREIGN = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/")
STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")


def check(data: bytes) -> None:
    """Refuse what is not a plain .xlsx of a sane size. Raises Invalid with the reason."""
    if not data:
        raise _refusal("文件是空的")
    if len(data) > MAX_BYTES:
        raise _refusal(f"文件超过 {MAX_BYTES // 1024 // 1024} MB")
    if data.startswith(OLE):
        secret = ENCRYPTED in data
        raise _refusal("文件加了密码，请先去掉密码" if secret else "这是旧版 .xls 文件，请另存为 .xlsx")
    if not data.startswith(b"PK"):
        raise _refusal("这不是 Excel 工作簿（.xlsx）")
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive.infolist())
            for member in archive.infolist():
                _check_part(member.filename, archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise _refusal("文件不完整或已损坏，请重新导出") from error


def _check_members(members: list[ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > MAX_MEMBERS or len(set(names)) < len(names):
        raise _refusal("文件里的部件太多或重复")
    if any(member.flag_bits & 1 for member in members):
        raise _refusal("文件加了密码，请先去掉密码")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _refusal(f"文件解开后超过 {MAX_UNPACKED // 1024 // 1024} MB，可能是压缩炸弹")
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _refusal("文件里有不正常的路径")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        raise _refusal("这不是 Excel 工作簿（.xlsx）")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise _refusal("文件里有宏，请另存为不带宏的 .xlsx")
    if any(name.startswith(FOREIGN) for name in names):
        raise _refusal("文件引用了别的工作簿或外部数据，请先断开链接，只留数值")


def _check_part(name: str, part: bytes) -> None:
    if name.endswith((".xml", ".rels")) and any(mark in part for mark in ENTITIES):
        raise _refusal("文件里有不允许的 XML 声明")
    if name == "xl/styles.xml" and len(part) > MAX_STYLES:
        raise _refusal("单元格样式太多，请把内容粘贴到新的工作簿")
    if name == "xl/sharedStrings.xml" and _exceeds(STRING, part, MAX_STRINGS):
        raise _refusal("文字太多")
    if name.startswith("xl/worksheets/") and _exceeds(ROW, part, MAX_ROWS):
        raise _refusal(f"工作表超过 {MAX_ROWS} 行，请删掉后面的空行")


def _exceeds(pattern: re.Pattern[bytes], part: bytes, most: int) -> bool:
    return any(count > most for count, _ in enumerate(pattern.finditer(part), 1))


def _refusal(reason: str) -> Invalid:
    return Invalid(f"{reason}。没有导入任何内容。", field="file")
