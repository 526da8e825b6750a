"""The account of a story that fails: the expected and the actual values, and all entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from timeline.answers.results import Clocks
from timeline.answers.situation import Situation
from timeline.entry import Draft, Entry, describe
from timeline.errors import TimelineError
from timeline.log.query import Expect
from timeline.testing.expectations import Rows
from timeline.testing.telling import GIVEN_ID
from timeline.values.containers import as_tuple
from timeline.values.instants import instant


@frozen
class StoryStep:
    """One step of a story: its drafts, the ids of those that are new on the log, and its refusal."""

    word: str
    drafts: tuple[Draft, ...]
    ids: tuple[str, ...]
    refused: TimelineError | None = None
    conditions: tuple[Expect, ...] = ()


@frozen
class Verdict:
    """An expectation in words, its situation, and what was found instead (empty: it holds)."""

    said: str
    situation: Situation
    instead: Rows


def of(
    wrong: str,
    verdicts: Sequence[Verdict],
    steps: Sequence[StoryStep],
    *,
    entries: Mapping[str, Entry],
    clock: str,
    changed: Sequence[str],
) -> str:
    """Write the whole account, failures first; `entries` are those on the log, by id."""
    lines = [wrong]
    for verdict in sorted(verdicts, key=lambda verdict: not verdict.instead):
        lines += _verdict(verdict)
    lines += ["", f"The story, our clock at {clock}"]
    for step in steps:
        lines += _step(step, entries)
    lines += ["", "What the last step changed, everything known", *(f"  {line}" for line in changed or ["nothing"])]
    return GIVEN_ID.sub(lambda id: f"#{entries[id[0]].position}" if id[0] in entries else id[0], "\n".join(lines))


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield f"{'✗' if verdict.instead else '✓'} {verdict.said}"
    if verdict.instead:
        yield from _rows([*verdict.instead, ("asked", _clocks(verdict.situation.clocks))])


def _rows(rows: Rows) -> Iterator[str]:
    width = max(len(heading) for heading, _ in rows)
    return (f"    {heading.ljust(width)}  {line}" for heading, line in rows)


def _clocks(asked: Clocks) -> str:
    """Write the exact setting of the clocks."""
    if asked == Clocks():
        return "all clocks free"
    clocks = {"occurred": asked.occurred, "reported": asked.reported, "recorded": asked.recorded}
    return ", ".join(f"{name} {'free' if end is None else f'before {_shown(end)}'}" for name, end in clocks.items())


def _shown(moment: int) -> str:
    return instant(moment).to_iso8601_string()


def _step(step: StoryStep, entries: Mapping[str, Entry]) -> Iterator[str]:
    lines = list(_told(step, entries)) or ["nothing new"]
    return (f"  {'' if number else step.word:<5} {line}" for number, line in enumerate(lines))


def _told(step: StoryStep, entries: Mapping[str, Entry]) -> Iterator[str]:
    for entry in (entries[id] for id in step.ids):
        yield str(entry)
        yield from _links(entry, entries)
        yield f"   recorded {_shown(entry.recorded_micros)}"
        yield from (f"   {report}" for report in entry.reports)
    if step.refused is not None:
        for draft in step.drafts:
            yield f"{draft.occurred or 'undated'} {describe(draft.event)}"
            yield from _links(draft, entries)
        yield f"   refused: {step.refused}"


def _links(told: Draft | Entry, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Give one line with the links of an entry: after, part of, fulfils; none without links."""
    links = {"after": told.after, "part of": told.part_of, "fulfils": told.fulfils}
    said = (
        f"{link} {', '.join(f'#{entries[id].position}' if id in entries else id for id in as_tuple(named))}"
        for link, named in links.items()
        if named
    )
    line = " · ".join(said)
    if line:
        yield f"   {line}"
