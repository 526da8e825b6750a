"""Values that show themselves in notebooks and terminals.

They know no face. `timeline.faces` hands the faces in when the library is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import Any, Literal, Protocol, Self

from timeline.values.discovery import Discoverable
from timeline.values.names import EntityNames


class Faces(Protocol):
    """Everything that puts values of the library before people."""

    def mime_bundle(self, value: Any) -> dict[str, str]:
        """Show a value in a notebook: the same content as HTML and as plain text, by MIME type."""

    def plain(self, value: Any) -> str:
        """Show a value as aligned text."""

    def narrative(self, situation: Any, **options: Any) -> str:
        """Tell a situation in words."""

    def renderable(self, value: Any) -> Any:
        """Show a value in a terminal: an object that `rich` renders."""

    def page(self, line: Any, path: str | PathLike[str], **options: Any) -> Any:
        """Write a timeline as one page of HTML."""

    def widget(self, line: Any, **options: Any) -> Any:
        """Make a replay of a timeline for notebooks."""

    def frame(self, library: Literal["arrow", "polars", "pandas"], line: Any, table: Any, **options: Any) -> Any:
        """Make a data frame of a timeline."""

    def tabulate(self, library: Literal["arrow", "polars", "pandas"], answers: Any) -> Any:
        """Make a data frame of an answer that is a table."""


_handed_in: list[Faces] = []


def hand_in(faces: Faces) -> None:
    """Let these faces show all values from now on."""
    _handed_in[:] = [faces]


def _faces() -> Faces:
    (faces,) = _handed_in
    return faces


def frame_of(answers: Any, library: Literal["arrow", "polars", "pandas"]) -> Any:
    """Make a data frame of an answer that is a table."""
    return _faces().tabulate(library, answers)


class Displayable(Discoverable):
    """A value that shows itself: in notebooks as HTML, in a terminal through `rich`."""

    __slots__ = ()

    def entity_names(self) -> EntityNames:
        """Return what people call the entities that it names, by tag and language; empty where that is not known.

        >>> from timeline import Timeline
        >>> Timeline.demo().at().facilities.entity_names()["authority:sdf"]["en"]
        'SDF'
        """
        return {}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return _faces().mime_bundle(self)

    def __rich__(self) -> Any:
        return _faces().renderable(self)


class KnowsNames(Displayable):
    """An answer of several values, which knows what people call the entities in them. A pickled copy does not."""

    _called: Callable[[], EntityNames] = dict

    def knowing(self, called: Callable[[], EntityNames]) -> Self:
        """Let a new answer know the names of its entities, and return it."""
        self._called = called
        return self

    def entity_names(self) -> EntityNames:
        return self._called()

    def __reduce__(self: Any) -> tuple[Any, ...]:
        """Pickle the values without the names."""
        return type(self), (tuple(self),)


class ProjectionView(Displayable):
    """The part of a situation that one projection makes: it prints as tables.

    >>> from timeline import Timeline
    >>> Timeline.demo().at("2026-01-21").custody
    <Custody: 32>
    """

    __slots__ = ()

    def entity_names(self) -> EntityNames:
        """Return what people call the entities of the situation, by tag and language; empty for a view of yours."""
        snapshot = getattr(self, "_snapshot", None)
        return {} if snapshot is None else snapshot.entity_names()

    def __str__(self) -> str:
        return _faces().plain(self)

    def __repr__(self: Any) -> str:
        return f"<{type(self).__name__}: {len(self):,}>"


class Tellable(Displayable):
    """A situation, which can be put into words as well."""

    __slots__ = ()

    def tell(
        self: Any,
        *,
        language: Literal["en", "ar"] = "en",
        since: Any = None,
        names: Mapping[str, Mapping[str, str]] | None = None,
        allow: Iterable[str] = (),
        suppress_below: int | None = None,
    ) -> str:
        """Write a report in Markdown: the state in sentences, each with the entries that it rests on.

        Rival versions stand side by side with their sources. Doubts and gaps are said as such. Each number and holder
        is a value of this situation. The same situation gives the same text.
        `since` adds what changed since a date, within the same other clocks, or since another situation. `names`
        adds names of entities, as for `Timeline.to_html`. What is marked stays, unless `allow` names its marking: the
        report is that of the situation without it. With `suppress_below=5`, numbers of people from 1 to 4 become that
        range.

        Raises: InvalidValue for a language, names or what may leave; InvalidWhen for a date;
        UnknownName for one of `names` that the log does not name.

        >>> from timeline import Timeline
        >>> report = Timeline.demo().at("2026-01-25").tell(since="2026-01-20")
        >>> report.splitlines()[0]
        '# Situation on 25 January 2026'
        """
        return _faces().narrative(
            self, language=language, since=since, names=names, allow=allow, suppress_below=suppress_below
        )


class Exportable(Displayable):
    """A timeline, which can be put before others as well: as a page, as a replay, as data frames."""

    __slots__ = ()

    def to_html(
        self: Any,
        path: str | PathLike[str],
        *,
        title: str = "",
        language: Literal["en", "ar"] = "en",
        names: Mapping[str, Mapping[str, str]] | None = None,
        colours: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """Write one page to share: any point of both clocks, every version of a value, every entry with its sources.

        It needs no network, opens from disk, and switches between English and Arabic, beginning with `language`.
        `names` adds to the names of entities, as `{"sdf": {"en": "SDF", "ar": "قسد"}}`, and `colours` gives those of
        authorities, as `{"sdf": "#c77700"}`. `options` are those of every export, `recorded`, `reported`, `accept`,
        `policy`, `allow` and `suppress_below`: what is marked stays. The answer says how many entries it holds, and
        what was left out.

        Raises: MissingExtra without the extra `notebook`; InvalidValue for a language or a colour; InvalidWhen;
        UnknownName for one of `names` that the log does not name.
        """
        return _faces().page(self, path, title=title, language=language, names=names, colours=colours, **options)

    def widget(
        self: Any,
        *,
        language: Literal["en", "ar"] = "en",
        names: Mapping[str, Mapping[str, str]] | None = None,
        **options: Any,
    ) -> Any:
        """Make a replay for notebooks: step or scrub along the occurred clock, and along the reported one.

        `options` are those of `to_html`.

        Raises: MissingExtra without the extra `notebook`, InvalidValue for a language, InvalidWhen, UnknownName where
        `names` has an entity that no entry on the log names.
        """
        return _faces().widget(self, language=language, names=names, **options)

    def to_arrow(self: Any, table: Any = "entries", **options: Any) -> Any:
        """Give a `pyarrow.Table` of entries, postings, stocks, flows, control or agreements, within the cuts of `at`.

        `options` are those of every export: the cuts, `allow` and `suppress_below`.

        Raises: MissingExtra without the extra `frames`, InvalidValue for another table, InvalidWhen.

        >>> from timeline import Timeline
        >>> Timeline.demo().to_arrow("control").num_rows > 0
        True
        """
        return _faces().frame("arrow", self, table, **options)

    def to_polars(self: Any, table: Any = "entries", **options: Any) -> Any:
        """Give the table of `to_arrow` as a `polars.DataFrame`.

        Raises: MissingExtra, InvalidValue, InvalidWhen.
        """
        return _faces().frame("polars", self, table, **options)

    def to_pandas(self: Any, table: Any = "entries", **options: Any) -> Any:
        """Give the table of `to_arrow` as a `pandas.DataFrame`.

        Raises: MissingExtra, InvalidValue, InvalidWhen.
        """
        return _faces().frame("pandas", self, table, **options)
