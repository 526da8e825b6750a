"""The words around a chart: titles that say what is shown, the key of signs, and sources below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from timeline.answers.situation import Situation
from timeline.answers.text import last_moment
from timeline.display.words import Words
from timeline.entry import Entry
from timeline.values.visible import visible

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "changed_hands": "Who held what: {0} of {1} changed hands",
        "role": "{0}: {1} of {2} changed",
        "agreements": "Agreements: {0} of {1} in force",
        "border": "Crossings: {0} of {1} open. Incidents: {2}",
        "on": "{0} on {1}: {2}",
        "passage": "{0} → {1}",
        "and_more": "{0} and {1} more",
        "sources": "Sources: {0}",
        "no_sources": "No sources named.",
        "occurred": "Up to {0}",
        "reported": "as published by {0}",
        "recorded": "as recorded by {0}",
        "everything": "All that is known",
        "few": "{0} of {1} are drawn, those with the most reports",
        "latest": "the latest {0} of {1} points are drawn",
        "signs": "signs",
        "half": "half height: time uncertain",
        "gap": "nobody held it",
        "over": "ended",
        "contested": "contested",
        "band": "between its bounds",
        "about": "about, without bounds",
        "least": "at least",
        "rival": "another version",
        "until": "meant to hold until",
        "answer": "the answer",
        "map": "Where, and held by whom",
        "not_known": "not known by whom",
        "maybe": "may have changed",
        "not_drawn": "Not on the map: {0}.",
        "outlines": "Positions are approximate. Outlines: Natural Earth.",
        "nowhere": "No place has coordinates.",
    },
    "ar": {
        "changed_hands": "من سيطر على ماذا: تغيّر المسيطر في {0} من أصل {1}",
        "role": "{0}: تغيّرت في {1} من أصل {2}",
        "agreements": "الاتفاقات: النافذ منها {0} من أصل {1}",
        "border": "المعابر: المفتوح منها {0} من أصل {1}. الحوادث: {2}",
        "on": "{0} في {1}: {2}",
        "passage": "{0} ← {1}",
        "and_more": "{0}، ومصادر أخرى عددها {1}",
        "sources": "المصادر: {0}",
        "no_sources": "لم تُذكر مصادر.",
        "occurred": "حتى {0}",
        "reported": "بحسب ما نُشر حتى {0}",
        "recorded": "بحسب ما سُجل حتى {0}",
        "everything": "كل ما هو معروف",
        "few": "المرسوم {0} من أصل {1}، الأكثر ذكرا في التقارير",
        "latest": "المرسوم أحدث النقاط: {0} من أصل {1}",
        "signs": "العلامات",
        "half": "نصف الارتفاع: الوقت غير مؤكد",
        "gap": "لا أحد",
        "over": "انتهى",
        "contested": "متنازع عليه",
        "band": "بين حدّيه",
        "about": "تقريبا، بلا حدود",
        "least": "على الأقل",
        "rival": "رواية أخرى",
        "until": "أجله",
        "answer": "الجواب",
        "map": "أين، وبيد من",
        "not_known": "لا يُعرف بيد من",
        "maybe": "ربما تغيّر",
        "not_drawn": "ليس على الخريطة: {0}.",
        "outlines": "المواقع تقريبية. الحدود من «الأرض الطبيعية».",
        "nowhere": "لا إحداثيات لأي مكان.",
    },
}
_NAMED = 4
"""The most sources that are named below a chart; of more, the number is given."""
_LONG = 28
"""The most characters of the name of a source below a chart."""


def caption_text(words: Words, key: str, *parts: Any) -> str:
    """Write a phrase in the language of some words; English where they have none.

    >>> caption_text(Words("en"), "passage", "SDF", "Damascus")
    'SDF → Damascus'
    """
    return _PHRASES[words.language or "en"][key].format(*parts)


def passage(words: Words, values: Iterable[str], most: int = 4) -> str:
    """Write values one after the other, in the order of reading; of many, the first and the last."""
    seen = [value for value in values if value]
    if len(seen) > most:
        seen = [seen[0], "…", seen[-1]]
    said = ""
    for value in seen:
        said = caption_text(words, "passage", said, value) if said else value
    return said


def clocks(asked: Situation, words: Words) -> str:
    """Write the setting of the clocks in words."""
    ends = {name: getattr(asked.clocks, name) for name in ("occurred", "reported", "recorded")}
    said = [caption_text(words, name, last_moment(end, asked.tz)) for name, end in ends.items() if end is not None]
    comma = "، " if words.language == "ar" else ", "
    return comma.join(said) or caption_text(words, "everything")


def below(entries: Iterable[Entry], asked: Situation, words: Words) -> str:
    """Return the line below a chart: the setting of the clocks, and the sources of entries, the most used first."""
    once = {entry.id: entry for entry in entries}.values()
    often = Counter(source for entry in once for source in dict.fromkeys(r.source for r in entry.reports))
    ranked = [visible(_cut(source)) for source, _ in often.most_common()]
    comma = "، " if words.language == "ar" else ", "
    named = comma.join(ranked[:_NAMED])
    if len(ranked) > _NAMED:
        named = caption_text(words, "and_more", named, f"{len(ranked) - _NAMED:,}")
    said = caption_text(words, "sources", named) if ranked else caption_text(words, "no_sources")
    end = "" if said.endswith((".", "…")) else "."
    return f"{clocks(asked, words)}. {said}{end}"  # one line: programs disagree on several lines of Arabic


def _cut(text: str) -> str:
    """Put a text on one line, which the title of an axis has to be, and cut off what is too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 1].rstrip(" ,;") + "…"
