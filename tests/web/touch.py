"""Is everything on a phone's page high enough for a thumb?"""

from __future__ import annotations

from playwright.sync_api import Page

HIGH_PX = 48
TAPPED = "a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=switch]"
# A field is as high as its frame, a box to tick as its label.
FRAME = "label, .el-select__wrapper, .el-input__wrapper, .el-textarea, .van-field, .van-cell"
# What is out of sight, or cannot be pressed, is no target.
_LOW = """
([within, tapped, frame, high]) => {
  const height = (one) => one.getBoundingClientRect().height;
  return [...document.querySelectorAll(within)].flatMap((part) => [...part.querySelectorAll(tapped)])
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[inert], :disabled'))
    .filter((one) => height(one) && height(one) < high && height(one.closest(frame) ?? one) < high)
    .map((one) => `${height(one)} px: ${(one.innerText || one.ariaLabel || one.outerHTML).slice(0, 80)}`);
}
"""


def too_small(page: Page, within: str = "body") -> list[str]:
    """What one taps in a part of the page and that is less than 48 px high, a line each."""
    found: list[str] = page.evaluate(_LOW, [within, TAPPED, FRAME, HIGH_PX - 0.5])
    return found
