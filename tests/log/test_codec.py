"""Canonical bytes: every event comes back as it was, and digests can be computed by anybody."""

import enum
import hashlib
import json
import pickle
import re
import time
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.entry import Draft
from timeline.errors import InvalidEvent, TamperedLog
from timeline.events import agreement, border, custody, editorial, facility
from timeline.events.declare import UnknownEvent, event, registered, registered_types
from timeline.events.fields import Unit
from timeline.log import MemoryLog, codec
from timeline.log.audit import Audit
from timeline.log.eventdata import decode_event
from timeline.log.stored import Stored, entry_of
from timeline.values.containers import FrozenMapping
from timeline.values.entities import ACCOUNTS, Slug
from timeline.values.place import PRECISIONS, Place
from timeline.values.quantity import PEOPLE, Quantity, about, at_least, exactly
from timeline.values.report import Modality, Report
from timeline.values.when import When

OURS = ("facility.", "custody.", "agreement.", "border.", "editorial.")
TYPES = [kind for kind in registered_types() if kind.name.startswith(OURS)]
OPENED = border.CrossingOpened(crossing="rabia")

texts = st.one_of(
    st.sampled_from(
        ["", "مخيم الهول", "\u200fآلاف\u200e", "\u202bنحو 150\u202c", "😀𝔘", "a\u0000b", '"\\/\n\t\u007f\u2028']
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
slugs = st.one_of(
    st.sampled_from(["al-hol-camp", "مخيم-الهول", "x", "😀"]),
    st.text("abcdefghij0123456789-", min_size=1, max_size=10).filter(lambda slug: slug not in ACCOUNTS),
)
whens = st.sampled_from(
    ["2026", "2026-01~", "2026-01-21", "../2026-01", "2026-21?", "[2026-01..2026-03]", "2026-01-21T09:00:00.25+03:00"]
).map(When)
counts = st.lists(st.integers(0, 1 << 53), min_size=3, max_size=3).map(sorted)


def quantities(units):
    bounded = st.builds(lambda n, u, t: Quantity(*n, unit=u, text=t), counts, units, texts)
    open_ended = st.builds(lambda n, b, u, t: Quantity(n[0], n[1] if b else None, None, unit=u, text=t),
                           counts, st.booleans(), units, texts)  # fmt: skip
    return bounded | open_ended


def values(hint):
    """Make a strategy for every value that an annotation allows."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        marks = hint.__metadata__
        if any(isinstance(mark, Slug) for mark in marks):
            return slugs
        if any(isinstance(mark, Unit) for mark in marks):
            return quantities(st.just(PEOPLE))
        return values(args[0])
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(arg) for arg in args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        return st.lists(values(args[0]), max_size=3).map(tuple)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(values(args[0]), values(args[1]), max_size=3)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    simple = {
        type(None): st.none(),
        str: texts,
        When: whens,
        Quantity: quantities(st.sampled_from([PEOPLE, "drones", "عائلات"])),
        Place: st.builds(Place, st.floats(-90, 90), st.floats(-180, 180), precision=st.sampled_from(PRECISIONS)),
        Any: st.deferred(lambda: ordinary),
    }
    return simple[hint]


def events(cls):
    """Make a strategy for the instances of an event class, from its annotations."""
    hints = get_type_hints(cls, include_extras=True)
    given_ = {f.name: values(hints[f.name]) for f in attrs.fields(cls)}
    for name in ("kept", "target"):
        if name in given_:
            given_[name] = st.just("kept-one")
    if cls is editorial.EventsMerged:
        given_["duplicates"] = st.lists(slugs, min_size=1, max_size=3)
    if cls is custody.HeadcountReported:
        both = st.booleans().flatmap(lambda one: st.tuples(slugs, st.none()) if one else st.tuples(st.none(), slugs))
        rest = {k: v for k, v in given_.items() if k not in ("facility", "authority")}
        return st.builds(
            lambda ends, kept: cls(facility=ends[0], authority=ends[1], **kept), both, st.fixed_dictionaries(rest)
        )
    if cls is facility.ControlChanged:
        return st.fixed_dictionaries(given_).map(
            lambda d: cls(**{**d, "authority": None if d["manner"] == "vacated" else d["authority"]})
        )
    return st.fixed_dictionaries(given_).map(lambda kept: cls(**kept))


ordinary = st.one_of(*(events(k.cls) for k in TYPES if not k.name.startswith("editorial.")))
reports = st.builds(
    Report,
    st.sampled_from(["Reuters", "سانا", "\u200fالعربية"]),
    published=st.none() | whens,
    url=st.none() | texts,
    language=st.none() | texts,
    quote=st.none() | texts,
    attributed_to=st.none() | texts,
    reliability=st.sampled_from([None, *"ABCDEF"]),
    credibility=st.sampled_from([None, *range(1, 7)]),
)


def drafts(made):
    return st.builds(
        Draft,
        made,
        occurred=st.none() | whens,
        reports=st.lists(reports, max_size=2),
        modality=st.sampled_from(Modality),
        after=st.lists(slugs, max_size=2),
        part_of=st.none() | slugs,
        fulfils=st.none() | slugs,
    )


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_comes_back_as_it_was(kind, data):
    """`draft_of(encode(draft))` is the draft, and encoding is a function of it."""
    draft = data.draw(drafts(events(kind.cls)))
    content = codec.encode(draft)
    again = codec.draft_of(content)
    assert again == draft
    assert type(again.event) is kind.cls
    assert codec.encode(again) == content
    assert codec.canonical(json.loads(content)) == content
    assert codec.stored_type(content) == kind.name


def test_defaults_are_left_out():
    """An unset field takes no space."""
    assert json.loads(codec.encode(Draft(OPENED))) == {
        "event": {"type": "border.crossing_opened", "version": 1, "data": {"crossing": "rabia"}}
    }


def test_the_id_is_no_part_of_the_content():
    """The same content can be recognised under any id."""
    assert codec.encode(Draft(OPENED, id="e1")) == codec.encode(Draft(OPENED))
    assert codec.draft_of(codec.encode(Draft(OPENED)), id="e1").id == "e1"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"b": {"d": 1, "c": [{"z": 1, "y": 2}]}, "a": None}, '{"a":null,"b":{"c":[{"y":2,"z":1}],"d":1}}'),
        ({"\ufb33": 1, "😀": 2, "a": 3}, '{"a":3,"😀":2,"\ufb33":1}'),
        ({"ي": 1, "ا": 2}, '{"ا":2,"ي":1}'),
        (1.0, "1"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (0.00001, "0.00001"),
        (1 << 53, "9007199254740992"),
        (-(1 << 53), "-9007199254740992"),
        ([True, False, None], "[true,false,null]"),
        ((1, "a"), '[1,"a"]'),
        (FrozenMapping({"b": 1.0, "a": ()}), '{"a":[],"b":1}'),
        ("\u200f\u202bآلاف😀/\u007f\u2028", '"\u200f\u202bآلاف😀/\u007f\u2028"'),
        ('"\\\n\t\x00\x1f', '"\\"\\\\\\n\\t\\u0000\\u001f"'),
        ("", '""'),
    ],
)
def test_canonical_json_is_written_as_rfc_8785_has_it(value, written):
    """Keys in order of their UTF-16 units, whole numbers without a point, only what must be is escaped."""
    assert codec.canonical(value) == written.encode()


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), 1 << 60, -(1 << 60), (1 << 53) + 1, 1e300, 1e-6, 1e-7, 2.0**53,
     1j, b"bytes", {1, 2}, "\ud800", {"\ud800": 1}, {"a": "\ud800"}, {1: "a"}, [1j]],
    ids=repr,
)  # fmt: skip
def test_what_json_readers_would_lose_is_refused(value):
    """NaN, infinities, numbers beyond 2**53, lone surrogates and foreign objects are refused."""
    with pytest.raises(InvalidEvent, match="cannot be stored"):
        codec.canonical(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | texts
    | st.floats(0.001, 1e15).filter(lambda x: not x.is_integer()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(json_values)
def test_canonical_json_says_the_same(value):
    """It reads back as what was written, with keys in order and no number written with an exponent."""
    written = codec.canonical(value)
    read = json.loads(written, object_pairs_hook=lambda pairs: pairs and (_in_order(pairs), dict(pairs))[1] or {})
    assert read == value
    assert codec.canonical(read) == written


def _in_order(pairs):
    keys = [key.encode("utf-16-be") for key, _ in pairs]
    assert keys == sorted(keys)


@given(st.floats(1e-5, 2.0**53, exclude_max=True), st.sampled_from([1, -1]))
def test_numbers_have_one_form(size, sign):
    """A float that is stored has no exponent, and is the same number when read."""
    number = sign * size
    written = codec.canonical(number)
    assert float(written) == number
    assert b"e" not in written.lower()
    assert not written.endswith(b".0")


@event("kept.measured", version=3, upcast={1: lambda d: {"number": d["count"]}, 2: lambda d: {"metres": d["number"]}})
class Measured:
    """An event whose fields were renamed twice."""

    metres: int
    ratio: float = 0.5


def stored(name="kept.measured", version=3, **data):
    return codec.canonical({"event": {"type": name, "version": version, "data": data}})


@pytest.mark.parametrize("content", [stored(version=1, count=7), stored(version=2, number=7), stored(metres=7)])
def test_upcasters_bring_old_data_up(content):
    """Every stored version reads as the current class, and is written as the current version."""
    draft = codec.draft_of(content)
    assert draft.event == Measured(metres=7)
    assert codec.encode(draft) == stored(metres=7)
    assert codec.same_content(content, stored(metres=7))


def test_a_whole_number_is_read_back_where_any_number_may_stand():
    """In JSON 2.0 is written 2."""
    event = Measured(metres=7, ratio=2.0)
    assert codec.draft_of(codec.encode(Draft(event))).event == event


def test_upcasters_do_not_touch_what_was_stored():
    """Each gets a copy of the data."""
    data = {"count": 7}
    decode_event({"type": "kept.measured", "version": 1, "data": data})
    assert data == {"count": 7}


@pytest.mark.parametrize("content", [stored(version=9, metres=7, new=[1, {"b": 1.5, "a": "ا"}]),
                                     stored("kept.unheard_of", 2, a=None, b={"c": ["d"]})])  # fmt: skip
def test_what_the_program_does_not_know_is_kept(content):
    """An unknown type, or a newer version, becomes an UnknownEvent and is written back byte for byte."""
    draft = codec.draft_of(content, tags=("facility:x",))
    assert isinstance(draft.event, UnknownEvent)
    assert draft.event.tags == draft.tags == ("facility:x",)
    assert codec.encode(draft) == content


def test_an_unknown_replacement_is_kept_inside_a_correction():
    """A correction by an event nobody here knows reads and writes back as it was."""
    content = codec.canonical(
        {"event": {"type": "editorial.corrected", "version": 1,
                   "data": {"target": "e1", "replacement": {"type": "kept.unheard_of", "version": 1, "data": {}}}}}
    )  # fmt: skip
    draft = codec.draft_of(content)
    assert draft.event.replacement == UnknownEvent("kept.unheard_of", 1, {})
    assert codec.encode(draft) == content


@pytest.mark.parametrize(
    "content",
    [
        stored(metres="far"),
        stored(),
        stored(version=1),
        stored(version=0, metres=7),
        stored("custody.detainees_escaped", 1, quantity={"low": -1, "best": None, "high": None}),
        stored("custody.detainees_escaped", 1, quantity={"low": 1, "best": None, "high": None, "colour": "red"}),
        stored("custody.detainees_escaped", 1, quantity=5),
        stored("agreement.extended", 1, agreement="a", until="soon"),
        stored("facility.status_changed", 1, facility="a", status="ablaze"),
        stored("editorial.merged", 1, kept="a", duplicates=[]),
        stored("editorial.corrected", 1, target="a", replacement={"type": "kept.measured", "version": 3, "data": {}}),
    ],
)
def test_data_that_does_not_fit_is_kept_with_the_reason(content):
    """An event that its class cannot read is kept byte for byte; a caller who expects the class gets the reason."""
    draft = codec.draft_of(content, tags=("facility:a",))
    unread = [event for event in (draft.event, editorial.proposed(draft.event)) if isinstance(event, UnknownEvent)]
    assert [event.tags for event in unread] == [("facility:a",)]
    assert unread[0].reason
    assert codec.encode(draft) == content
    with pytest.raises(InvalidEvent, match=re.escape(unread[0].reason)) as caught:
        codec.wholly_read(draft)
    assert (caught.value.type, caught.value.version) == (unread[0].type, unread[0].version)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"event": {"type": "kept.measured", "version": 3, "data": {"metres": 7, "colour": {"b": 1e-4, "a": 2.5}}}},
         "the field 'colour'"),
        ({"event": {"type": "kept.measured", "version": 3, "data": {"metres": 7}}, "seen_by": ["x", {"y": 0.5}]},
         "the field 'seen_by'"),
        ({"reports": [{"source": "Reuters", "tone": "00", "weight": 0.25}]}, "the field 'tone', the field 'weight'"),
        ({"modality": "rumoured"}, "the modality 'rumoured'"),
        ({"event": {"type": "editorial.corrected", "version": 1, "data": {
            "target": "e1", "modality": "rumoured",
            "replacement": {"type": "kept.measured", "version": 3, "data": {"metres": 7, "colour": "red"}}}}},
         "the field 'colour', the modality 'rumoured'"),
    ],
)  # fmt: skip
def test_what_a_newer_program_added_is_kept_beside_what_is_known(changes, told):
    """A field or modality that is not known is written back byte for byte, and the rest reads as ever."""
    plain = {"event": {"type": "kept.measured", "version": 3, "data": {"metres": 7}}, "occurred": "2026-01"}
    content = codec.canonical(plain | changes)
    draft = codec.draft_of(content)
    assert not isinstance(draft.event, UnknownEvent)
    assert draft.occurred == When("2026-01")
    assert codec.encode(draft) == content
    assert not codec.same_content(content, codec.canonical(plain))
    assert codec.encode(attrs.evolve(draft, id="e1")) == content
    with pytest.raises(InvalidEvent, match=told):
        codec.wholly_read(draft)


@pytest.mark.parametrize(
    "changes",
    [{"occurred": "2026-W03"}, {"reports": [{"source": ""}]}, {"reports": "Reuters"}, {"after": 7}, {"modality": []}],
)
def test_a_field_that_cannot_be_read_is_kept(changes):
    """If a newer program writes another type of value, the event counts for nothing, and stays."""
    plain = {"event": {"type": "kept.measured", "version": 3, "data": {"metres": 7}}, "part_of": "e1"}
    content = codec.canonical(plain | changes)
    draft = codec.draft_of(content)
    assert isinstance(draft.event, UnknownEvent)
    (name,) = changes
    assert draft.event.reason.startswith(f"its {name} cannot be read")
    assert (draft.part_of, codec.encode(draft)) == ("e1", content)
    with pytest.raises(InvalidEvent, match="cannot be read"):
        codec.wholly_read(draft)


def test_a_modality_that_is_not_known_is_itself_wherever_it_goes():
    """It is one of its kind, survives pickling, and changes no state."""
    rumoured = Modality.stored("rumoured")
    assert rumoured is Modality.stored("rumoured") is pickle.loads(pickle.dumps(rumoured))
    assert (rumoured.known, Modality.stored("actual"), list(Modality).count(rumoured)) == (False, Modality.ACTUAL, 0)


def test_ids_that_the_log_makes_begin_with_the_time_and_are_never_the_same():
    """So they come to stand near one another in an index, and two made at once differ all the same."""
    before = time.time_ns() // 1_000_000
    ids = [codec.new_id() for _ in range(1000)]
    assert all(before <= int(id[:11], 16) <= time.time_ns() // 1_000_000 for id in ids)
    assert (len(set(ids)), {len(id) for id in ids}) == (1000, {24})


def test_what_its_class_no_longer_fits_is_sealed_all_the_same():
    """To verify is not to read: the seal holds, and what is read says what does not fit."""
    log = MemoryLog()
    log.append(Draft(declared(heard=str)(heard="a siren")))
    declared(heard=int)
    assert log.verify().position == 1
    (entry,) = log.read()
    assert "heard is 'a siren'" in entry.event.reason


@pytest.mark.parametrize(
    "content", [b"no JSON", b"[]", b'{"event":{}}', b'{"event":{"type":"border.crossing_opened"}}']
)
def test_what_is_no_content_is_tampered_with_though_its_seal_was_forged_too(content):
    """A writer who can compute digests can write anything; it is named all the same."""
    log = MemoryLog()
    log.append(Draft(OPENED))
    (row,) = log.stored()
    leaf = codec.leaf(row.salt, content, row.id, row.recorded)
    with pytest.raises(TamperedLog, match="position 1 does not fit"):
        Audit().take(row._replace(content=content, leaf=leaf, digest=codec.digest(b"", leaf)))


def declared(**fields):
    """Make a class of the same name and place each time, with other fields."""
    cls = type("SirenHeard", (), {"__annotations__": fields, "__module__": __name__})
    return event("kept.siren_heard")(cls)


def test_a_field_that_holds_another_event_holds_nothing_else():
    """A value that is not an event is refused when written."""

    @event("kept.holder")
    class Holder:
        held: Any = None

    assert codec.draft_of(codec.encode(Draft(Holder(held=OPENED)))).event == Holder(held=OPENED)
    with pytest.raises(InvalidEvent, match="is not an event"):
        codec.encode(Draft(Holder(held=5)))


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (custody.DetaineesEscaped(facility="x", quantity=exactly(1 << 60)), "quantity.best is 1152921504606846976"),
        (
            editorial.EventDisputed(
                target="a", rival=custody.DetaineesEscaped(facility="x", quantity=at_least(1 << 60))
            ),
            "rival.data.quantity.low is 1152921504606846976",
        ),
    ],
)
def test_a_number_that_cannot_be_stored_is_named_with_its_field(event, where):
    """The same number may stand in many fields of a batch."""
    with pytest.raises(InvalidEvent, match=f"^{where}, which cannot be stored: expected .*2..53"):
        codec.encode(Draft(event))


def test_text_that_is_not_unicode_is_refused():
    """A lone surrogate cannot be written, wherever it stands."""
    with pytest.raises(InvalidEvent, match="cannot be stored"):
        codec.encode(Draft(OPENED, reports=[Report("\ud800")]))


def test_leaf_and_digest_are_plain_sha_256():
    """Anybody can compute them: salt, content, id and the instant; then the digest before and the leaf."""
    content = codec.encode(Draft(OPENED))
    leaf = hashlib.sha256(b"salt" + content + "معرف".encode() + b"1970-01-01T00:00:01.000005Z").digest()
    assert codec.leaf(b"salt", content, "معرف", 1_000_005) == leaf
    assert codec.digest(b"before", leaf) == hashlib.sha256(b"before" + leaf).digest()
    assert codec.digest(b"", leaf) == hashlib.sha256(leaf).digest()


def test_derived_ids_follow_content():
    """The id of a content is the beginning of its hash, and the same each time."""
    draft = Draft(OPENED)
    assert codec.derived_id(draft) == hashlib.sha256(codec.encode(draft)).hexdigest()[:24]
    assert codec.derived_id(draft) != codec.derived_id(Draft(OPENED, occurred="2026"))


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (Draft(OPENED), Draft(OPENED, id="e1"), True),
        (Draft(OPENED), Draft(OPENED, occurred="2026"), False),
        (Draft(OPENED), Draft(OPENED, modality=Modality.DENIED), False),
        (Draft(OPENED, after="a"), Draft(OPENED, after="b"), False),
        (Draft(custody.DetaineesEscaped(quantity=about(5))), Draft(custody.DetaineesEscaped(quantity=exactly(5))),
         False),
        (Draft(agreement.TalksHeld(topics=["a"])), Draft(agreement.TalksHeld(topics=("a",))), True),
    ],
)  # fmt: skip
def test_contents_are_the_same_when_they_say_the_same(a, b, same):
    """Everything a draft says counts, and its id does not."""
    assert codec.same_content(codec.encode(a), codec.encode(b)) is same


def test_the_order_of_keys_stored_elsewhere_is_no_matter():
    """A content written by another program, in another order, still says the same."""
    content = codec.encode(Draft(OPENED, occurred="2026"))
    other = orjson.dumps(dict(reversed(json.loads(content).items())))
    assert other != content
    assert codec.same_content(other, content)


def test_every_stored_version_is_one():
    """The vocabulary is at its first version; raising one needs an upcaster and a golden line."""
    assert {kind.version for kind in TYPES} == {1}
    assert registered("editorial.corrected").version == 1


def test_a_recorder_of_null_is_nobody():
    """Another program may write the field where there is nothing to say."""
    plain = orjson.loads(codec.encode(Draft(border.CrossingOpened(crossing="c"))))
    said = codec.decode(orjson.dumps({**plain, "recorder": None}))
    assert (said.event, said.recorder) == (border.CrossingOpened(crossing="c"), None)


def test_an_erased_entry_has_no_tags_whatever_its_row_says():
    """Somebody may have put them back into the file."""
    row = Stored(1, "e", "redacted", 0, b"", b"", b"leaf", b"digest", ("facility:al-hol-camp",))
    assert entry_of(row).tags == ()
