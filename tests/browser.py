"""A real Chromium without a window, started anew with an empty profile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

from machine import needs

CHROMIUM, CHROMEDRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
AXE = Path(__file__).parent.parent / ".cache" / "axe-core" / "package" / "axe.min.js"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=1200,1000",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """Debian's chromium and chromedriver; `apt-get install chromium chromium-driver` brings both."""
    needs(CHROMIUM, CHROMEDRIVER, AXE, bring="apt-get install chromium chromium-driver npm, then make test")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def media(driver: WebDriver, **features: str) -> None:
    """Ask for a dark theme and the like."""
    told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": told})


def violations(driver: WebDriver) -> list[str]:
    """What axe-core finds that is serious or critical (`make test` fetches it)."""
    driver.execute_script(AXE.read_text("utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations))"
    )
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary']}" for v in serious]
