"""A headless Chromium that opens pages from disk, and what can be measured in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REQUIRED = "GRUSYM_REQUIRE_BROWSER"


def missing(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED}=1, but {reason}")
    pytest.skip(f"{reason}; set {REQUIRED}=1 to make this a failure")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium under ChromeDriver; skips where either is missing."""
    try:
        from selenium import webdriver
    except ModuleNotFoundError:
        missing("selenium is not installed (pip install -e '.[dev]')")
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        missing("no Chromium with ChromeDriver was found (Debian: apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as chrome:
            yield Browser(chrome)


class Browser:
    """One window; widths are in CSS pixels."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, width: int = 1280, theme: str = "light", media: str = "") -> None:
        """Load a page from disk at a width, in a colour scheme."""
        wanted = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.get_log("browser")
        self.driver.get(page.resolve().as_uri())

    def run(self, script: str, *arguments: object) -> Any:
        """The value that a script returns in the page."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, *arguments: object) -> Any:
        """The value of a script that returns a promise."""
        wrapped = f"const done = arguments[arguments.length - 1]; (async (...arguments) => {{{script}}})"
        wrapped = wrapped.replace("...arguments", "...given")
        return self.driver.execute_async_script(f"{wrapped}(...arguments).then(done)", *arguments)

    def open_all(self) -> None:
        """Open everything that is closed."""
        self.run("for (const part of document.querySelectorAll('details')) part.open = true")

    def problems(self) -> list[str]:
        """Warnings and errors of the console since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.run("return document.scrollingElement.scrollWidth - document.documentElement.clientWidth")

    def cut_off(self) -> list[str]:
        """Formulas wider than the place they stand in."""
        return self.run(
            """return [...document.querySelectorAll('main math')].filter(math => {
                const places = '.lines, .steps, table, p, figcaption, summary, dd, h1, h2, h3';
                const box = math.closest(places) ?? document.body;
                return math.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
            }).map(math => math.textContent)"""
        )

    def collapsed(self) -> list[str]:
        """Formulas that take no room."""
        return self.run(
            """return [...document.querySelectorAll('math')].filter(math => {
                const { width, height } = math.getBoundingClientRect();
                return width < 1 || height < 4;
            }).map(math => math.textContent)"""
        )

    def faint(self, least: float = 4.5) -> list[str]:
        """Texts whose contrast with what is behind them is below the accessible ratio."""
        return self.run(CONTRAST, least)


CONTRAST = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (element) => {
  for (; element; element = element.parentElement) {
    const colour = channels(getComputedStyle(element).backgroundColor);
    if (colour.length < 4 || colour[3] > 0.99) return colour;
  }
  return [255, 255, 255];
};
const found = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest('script, dialog, .said')) continue;
  const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < arguments[0]) found.push(`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
}
return found;
"""
