"""Make the pictures of the front page: `python docs/moving.py`.

The moving one shows who held al-Aqtan prison on 21 January 2026, by what had been published. The answer changes from
the SDF to the Syrian government and back as reports arrive. Where pictures do not move, the last state is seen.
"""

from __future__ import annotations

import shutil
import subprocess  # nosec: runs Chromium on our own page
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import NamedTuple

from timeline import Timeline
from timeline.display.charts import control
from timeline.display.colours import ink_on
from timeline.display.telling import telling
from timeline.display.words import Words

TARGET = Path(__file__).parent / "al-aqtan.svg"
PAGE = TARGET.with_name("page.png")
STILL = TARGET.with_name("who-held-what.svg")
DAY, PATH = "2026-01-21", ("facilities", "al-aqtan-prison", "control")
FIRST, LAST = date(2026, 1, 18), date(2026, 1, 27)
WIDTH, HEIGHT, LEFT, RIGHT, TOP = 760, 250, 24, 24, 120
SECONDS, REST = 10, 0.22
"""The length of the picture, and the share of it in which the last state stays."""
STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #22262b; }
.soft { fill: #555b62; font-size: 12.5px; } .axis { fill: #555b62; font-size: 12px; }
.said, .bar, .dot, .now, .veil { animation-duration: %ss; animation-iteration-count: infinite; }
.said, .dot { animation-timing-function: step-end; } .veil, .now { animation-timing-function: linear; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
"""


class Step(NamedTuple):
    """An answer, from the day of the report that brought it."""

    published: date
    holder: str
    colour: str
    sources: str


def steps() -> list[Step]:
    """Return how the answer changed as reports came in."""
    line = Timeline.demo()
    shown = telling(line)
    words, colours = Words("en", shown.names(None)), shown.colours()
    return [
        Step(
            date.fromisoformat(str(learnt.published)),
            words.name(str(learnt.value)),
            colours[str(learnt.value)],
            ", ".join(dict.fromkeys(r.source for e in learnt.entries for r in e.reports)),
        )
        for learnt in line.learned(DAY, *PATH)
    ]


def x(day: date) -> float:
    """Return the place of a day on the axis."""
    return LEFT + (day - FIRST).days / (LAST - FIRST).days * (WIDTH - LEFT - RIGHT)


def share(day: date) -> float:
    """Return the share of the time at which the line reaches a day, in percent."""
    return (day - FIRST).days / (LAST - FIRST).days * (1 - REST) * 100


def frames(name: str, *stops: tuple[float, str]) -> str:
    """Write the keyframes of an animation."""
    return f"@keyframes {name} {{ {' '.join(f'{at:.2f}% {{ {style} }}' for at, style in stops)} }}"


def picture(found: list[Step]) -> str:
    """Draw the moving picture."""
    ends = [*(step.published for step in found[1:]), LAST]
    rules = [
        STYLE % SECONDS,
        frames("pass", (0, "transform: translateX(0)"), (100 * (1 - REST), _moved()), (100, _moved())),
    ]
    parts = [*_frame(), *_axis()]
    for n, (step, end) in enumerate(zip(found, ends, strict=True)):
        begins, over = share(step.published), share(end) if n + 1 < len(found) else 100.1
        lasts = [(0, "opacity: 0"), (begins, "opacity: 1"), *([(over, "opacity: 0")] if over <= 100 else [])]
        rules.append(frames(f"said{n}", *lasts))
        rules.append(frames(f"dot{n}", (0, "opacity: 0"), (begins, "opacity: 1"), (100, "opacity: 1")))
        parts += [*_bar(step, end), *_report(n, step), *_answer(n, step, last=n + 1 == len(found))]
    inside = "\n".join([*parts, *_line()])
    title = "Who held al-Aqtan prison on 21 January 2026, by what had been published"
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">'
    style = "\n".join(rules)
    return f"{head}\n<title>{title}</title>\n<style>{style}</style>\n{inside}\n</svg>\n"


def _moved() -> str:
    return f"transform: translateX({x(LAST) - x(FIRST):.0f}px)"


def _frame() -> Iterator[str]:
    card = 'rx="14" fill="#fdfcf9" stroke="#c9c4b6" stroke-width="1.5"'
    yield f'<rect x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" {card}/>'
    asked = "Who held al-Aqtan prison on 21 January 2026?"
    yield f'<text x="{LEFT}" y="36" font-size="17" font-weight="600">{asked}</text>'
    yield f'<text x="{LEFT}" y="62" class="soft">As published so far:</text>'


def _axis() -> Iterator[str]:
    day = FIRST
    while day <= LAST:
        yield f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{TOP - 14}" y2="{TOP + 58}" stroke="#e4e0d5"/>'
        if FIRST < day < LAST:
            yield f'<text x="{x(day):.1f}" y="{TOP + 76}" class="axis" text-anchor="middle">{day.day} Jan</text>'
        day += timedelta(days=1)
    yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 18}" class="soft" text-anchor="end">day of publication →</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 18}" class="soft">Later reports change the answer. No report is lost.</text>'


def _bar(step: Step, end: date) -> Iterator[str]:
    left, right = x(step.published), x(end)
    yield f'<rect x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="26" fill="{step.colour}"/>'
    yield (
        f'<text x="{left + 8:.1f}" y="{TOP + 18}" font-size="12.5" font-weight="600" '
        f'style="fill: {ink_on(step.colour)}">{escape(step.holder)}</text>'
    )


def _report(n: int, step: Step) -> Iterator[str]:
    style = f"animation-name: dot{n}"
    dot = f'<circle cx="{x(step.published):.1f}" cy="{TOP + 44}" r="5.5" fill="{step.colour}"/>'
    yield f'<g class="dot" style="{style}">{dot}'
    yield f'<text x="{x(step.published) + 10:.1f}" y="{TOP + 48}" class="soft">{escape(step.sources)}</text></g>'


def _answer(n: int, step: Step, *, last: bool) -> Iterator[str]:
    style = f"animation-name: said{n}; opacity: {int(last)}"
    yield f'<g class="said" style="{style}"><circle cx="{LEFT + 142}" cy="58" r="6" fill="{step.colour}"/>'
    yield f'<text x="{LEFT + 154}" y="63" font-size="16" font-weight="600">{escape(step.holder)}</text></g>'


def _line() -> Iterator[str]:
    """Draw the line of what is published so far, and the veil over what is yet to come."""
    wide = x(LAST) - x(FIRST)
    yield f'<clipPath id="plot"><rect x="{x(FIRST):.1f}" y="{TOP - 16}" width="{wide:.1f}" height="44"/></clipPath>'
    yield '<g clip-path="url(#plot)">'
    veil = f'x="{x(FIRST):.1f}" y="{TOP - 1}" width="{wide:.1f}" height="28" fill="#fdfcf9" opacity=".97"'
    yield f'<rect class="veil" style="animation-name: pass; transform: {_moved()[11:]}" {veil}/></g>'
    yield (
        f'<line class="now" style="animation-name: pass; transform: {_moved()[11:]}" x1="{x(FIRST):.1f}" '
        f'x2="{x(FIRST):.1f}" y1="{TOP - 16}" y2="{TOP + 58}" stroke="#b3261e" stroke-width="1.6"/>'
    )


def photograph(target: Path) -> None:
    """Write a picture of the page of the demo, at the moment of the moving picture; Chromium draws it."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        Timeline.demo().to_html(page, title="North-east Syria, 2025–2026")
        address = f"{page.as_uri()}#at={DAY}&reported=2026-01-23"
        chromium = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
        whole = ["--run-all-compositor-stages-before-draw", "--virtual-time-budget=3000"]
        size = ["--hide-scrollbars", "--window-size=1280,800"]
        made = [*chromium, *whole, *size, f"--screenshot={target}", address]
        subprocess.run(made, check=True, capture_output=True, timeout=120)  # noqa: S603  # nosec: our own page


if __name__ == "__main__":
    TARGET.write_text(picture(steps()), "utf-8")
    control(Timeline.demo(), since="2025-12", language="en").save(STILL)
    if shutil.which("chromium"):
        photograph(PAGE)
