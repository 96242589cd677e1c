"""Make the two font files beside this one; README.md says from what. Needs fonttools, which the product does not.

python reports/fonts/build.py <unpacked font package> <Unihan_OtherMappings.txt[.bz2]>
"""

from __future__ import annotations

import bz2
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
REGIONS = HERE.parent.parent / "fixtures" / "areas" / "regions.csv"
# Signs we print ourselves, and place-name characters of Guangdong that no list below has.
EXTRA = "〓—–…·•“”‘’‰℃㎡²³×÷±≤≥≈←→↑↓●○▲△■□◆◇★☆✓✗ 塱氹埗冚冧孖嚟壆墎埇㘵㙟㴪凼嘥咁"
KEEP_NAMES = "0,1,2,3,4,5,6,13,14"  # family, version, licence; no trademarks of others


def gb2312() -> set[str]:
    """All characters of GB/T 2312-1980: 6,763 hanzi and its signs."""
    codes = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return {code.decode("gb2312", "ignore") for code in codes} - {""}


def general(path: Path) -> set[str]:
    """通用规范汉字表 (2013): 8,105 hanzi, the third level being those of names and places; Unihan's kTGH."""
    raw = path.read_bytes()
    lines = (bz2.decompress(raw) if path.suffix == ".bz2" else raw).decode().splitlines()
    rows = (line.split("\t") for line in lines if "\tkTGH\t" in line)
    return {chr(int(row[0][2:], 16)) for row in rows}


def build(source: Path, unihan: Path) -> None:
    """Subset both weights: the regular one also to the general table, the bold one falls back on it."""
    plain = {chr(n) for n in range(0x20, 0x7F)} | {chr(n) for n in range(0xA0, 0x100)} | set(EXTRA)
    common = plain | gb2312() | {sign for sign in REGIONS.read_text("utf-8") if sign.isprintable()}
    _subset(source / "400Regular" / "NotoSansSC_400Regular.ttf", "regular.ttf", common | general(unihan))
    _subset(source / "700Bold" / "NotoSansSC_700Bold.ttf", "bold.ttf", common)


def _subset(source: Path, name: str, signs: set[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as told:
        told.write("\n".join(f"U+{ord(sign):04X}" for sign in sorted(signs)))
        told.flush()
        options = [
            f"--unicodes-file={told.name}",
            f"--output-file={HERE / name}",
            f"--name-IDs={KEEP_NAMES}",
            "--layout-features=",
            "--no-hinting",
            "--drop-tables+=vhea,vmtx,VORG,BASE,GSUB,GPOS,GDEF,DSIG,STAT",
            "--notdef-outline",
        ]
        subprocess.run([sys.executable, "-m", "fontTools.subset", str(source), *options], check=True)  # noqa: S603
    print(f"{name}: {len(signs)} characters, {(HERE / name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
