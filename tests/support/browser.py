"""A real Chromium without a window, with an empty profile."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from support.machine import needs, package

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

try:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ModuleNotFoundError:  # the tests beside them need no browser; `chromium` says what the others miss
    By = Keys = WebDriverWait = None

CHROMIUM, CHROMEDRIVER = (shutil.which(name) or name for name in ("chromium", "chromedriver"))
AXE = Path(__file__).parents[2] / ".cache" / "axe-core" / "package" / "axe.min.js"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--window-size=1200,1000",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """Debian's chromium and chromedriver; `apt-get install chromium chromium-driver` brings both."""
    needs(CHROMIUM, CHROMEDRIVER, AXE, bring="apt-get install chromium chromium-driver npm, then make test")
    webdriver = package("selenium.webdriver")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def media(driver: WebDriver, **features: str) -> None:
    """Ask for a dark theme and the like."""
    told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": told})


def violations(driver: WebDriver) -> list[str]:
    """Return the serious and critical violations that axe-core finds (`make test` fetches it)."""
    driver.execute_script(AXE.read_text("utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations))"
    )
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary']}" for v in serious]
