"""Events as sentences: every type of the library in both languages, users' types by what they declare."""

from __future__ import annotations

import re

import pytest

from timeline import Timeline, about, at_least, exactly, unspecified, up_to
from timeline.display.sentences import Sentences, templates
from timeline.display.words import LANGUAGES, Words, names_in
from timeline.events import agreement, border, custody, editorial, facility
from timeline.events.declare import event, registered_types, temporary_types
from timeline.values.entities import Facility


def said(what, language="en", names=None, target=lambda _: None):
    return Sentences(Words(language, names), target).of(what)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_has_templates(language):
    """No event of the library is shown by the names of its fields, in either language."""
    own = [kind.name for kind in registered_types() if kind.cls.__module__.startswith("timeline.events")]
    assert set(own) <= set(templates(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_name_fields_there_are(language):
    """Each field in braces is one of its type; the parts in brackets are balanced."""
    fields = {kind.name: {a.name for a in kind.cls.__attrs_attrs__} for kind in registered_types()}
    for name, texts in templates(language).items():
        known = fields.get(name) or fields.get(name.rpartition(".")[0])
        for text in texts:
            assert known is None or set(re.findall(r"\{(\w+)\}", text)) <= known, (name, text)
            assert text.count("[") == text.count("]")


def test_the_sentences_of_plans_name_the_same_fields():
    """Of a plan the same is said as of what happened, in another tense."""
    fields = re.compile(r"\{\w+\}").findall
    for name, texts in templates("en.plan").items():
        happened = templates("en")[name]
        assert list(map(fields, texts)) == list(map(fields, happened)), name
        assert all(" to " in text for text in texts if text not in happened), name


def test_both_languages_have_the_same_templates():
    """No type has a sentence in one language only."""
    assert set(templates("en")) == set(templates("ar"))


@pytest.mark.parametrize(
    ("quantity", "words"),
    [(exactly(5), "5"), (about(1500), "About 1,500"), (at_least(100), "At least 100"), (up_to(7), "Up to 7"),
     (unspecified(), "An unknown number")],
)  # fmt: skip
def test_numbers_are_words(quantity, words):
    """Signs such as ≥ are for tables."""
    assert said(custody.DetaineesEscaped(facility="camp", quantity=quantity)) == f"{words} escaped from camp"


def test_the_first_template_whose_fields_are_there():
    """Manner and role choose among templates; a part without its field is left out."""
    change = facility.ControlChanged
    assert said(change(facility="x", authority="sdf")) == "Sdf took control of x"
    assert said(change(facility="x", authority="sdf", previous="isis")) == "Sdf took control of x from isis"
    assert said(change(facility="x", previous="isis", manner="vacated")) == "Isis left x; nobody holds it"
    assert said(change(facility="x", authority="sdf", manner="observed")) == "Sdf was seen in control of x"
    assert said(change(facility="x", authority="sdf", role="guarding")) == "Sdf took over the guarding of x"


def test_names_stand_in_place_of_slugs():
    """In the language asked for."""
    names = {"truce": {"en": "Ceasefire of 20 January", "ar": "هدنة 20 كانون الثاني"}}
    signed = agreement.AgreementSigned(agreement="truce")
    assert said(signed, names=names) == "Ceasefire of 20 January signed"
    assert said(signed, "ar", names) == "توقيع \u2068هدنة 20 كانون الثاني\u2069"


def test_an_editorial_entry_names_what_it_is_about():
    """A rival is a sentence of its own, a denial says what it denies; a loop of names ends."""
    fled = custody.DetaineesEscaped(facility="camp", quantity=exactly(5))
    rival = editorial.EventDisputed(target="e1", rival=fled)
    assert said(rival) == "Another version: 5 escaped from camp"
    denial = editorial.EventDisputed(target="e1")
    assert said(denial, target={"e1": fled}.get) == "Denied: 5 escaped from camp"
    assert said(denial, target={"e1": denial}.get).endswith("e1")


def test_types_of_users_have_their_sentence():
    """`says` if they declare one, else the name and the fields."""
    with temporary_types():

        @event("newsroom.gate_opened", says="the gate of {facility} was opened")
        class GateOpened:
            facility: Facility

        @event("newsroom.gate_shut")
        class GateShut:
            facility: Facility

        assert said(GateOpened(facility="camp")) == "The gate of camp was opened"
        assert said(GateShut(facility="camp")) == "Gate shut facility camp"


def test_text_of_sources_cannot_break_out():
    """Control characters are shown as such, and a text in the other direction is isolated."""
    told = agreement.StatementMade(by="sdf", detail="a\u202eb")
    assert said(told) == "Sdf: a\ufffdb"
    assert said(agreement.StatementMade(by="sdf", detail="لا")) == "Sdf: \u2068لا\u2069"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["{sector}", "{0}", "{by", "[x]"])
def test_braces_of_a_source_are_text(language, text):
    """Text that fills a place of a template is never read as a template, in brackets or out of them."""
    ended = border.MonitoringEnded(sector="north", by="sdf", measure=text)
    assert text in said(ended, language)
    promised = agreement.CommitmentMade(commitment="c", by="sdf", what=text)
    assert text in said(promised, language)


def test_the_demo_is_said_without_field_names():
    """Every entry of the demo has a sentence in both languages, and no template is left unfilled."""
    line = Timeline.demo()
    events = {entry.id: entry.event for entry in line.entries()}
    names = names_in(line.at())
    for language in LANGUAGES:
        for what in events.values():
            assert not re.search(r"[{}\[\]]", said(what, language, names, events.get))


@pytest.mark.parametrize(
    ("count", "arabic"),
    [(0, "0 شخص"), (1, "شخص واحد"), (2, "شخصين"), (3, "3 أشخاص"), (10, "10 أشخاص"), (11, "11 شخصا"), (100, "100 شخص")],
)
def test_people_have_their_noun_in_arabic(count, arabic):
    """A verbal noun governs the number: the dual takes the form that stands behind one."""
    words = said(custody.DetaineesEscaped(facility="f", quantity=exactly(count)), "ar", {"f": {"ar": "المخيم"}})
    assert re.sub("[\u2066-\u2069]", "", words) == f"فرار {arabic} من المخيم"


def test_a_number_by_itself_says_of_what():
    """Behind a colon, a comma or in brackets no verb says that people are meant."""
    attack = border.BorderIncidentReported(kind="attack", outcome="foiled", quantity=exactly(2))
    assert said(attack) == "Attack, 2 people (foiled)"
    assert (
        said(custody.TransferCompleted(operation="mission", total=exactly(5704))) == "Mission completed: 5,704 people"
    )
    done = re.sub("[\u2066-\u2069]", "", said(custody.TransferCompleted(operation="o", total=exactly(2)), "ar"))
    assert done.endswith(": شخصان")
