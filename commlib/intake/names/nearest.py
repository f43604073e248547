"""The nearest places to a name that no place bears: by sound and by spelling, each with the reason why it is offered."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from commlib import phrases
from commlib.bilingual import Text, listed
from commlib.intake.names.gazetteer import Gazetteer, Unit, kind_of, sound, spelled, stem_of
from commlib.places import PlaceLevel

_OFFERED, _LOOKED_AT = 3, 36
_LIKE = 0.5   # likeness of the sound from which a place is offered


def nearest(places: Gazetteer, name: str, levels: tuple[PlaceLevel, ...], township: str = "") -> Text | None:
    """The nearest places of some levels as an enumeration with reasons, those of the township first; None: none is near."""
    key = spelled(name)
    stem, kind = stem_of(key, levels[0]), kind_of(key, levels[0])
    heard = sound(stem)
    shared = Counter(unit.key for syllable in set(heard) for unit in places.by_syllable.get(syllable, ())
                     if unit.level in levels)
    scored = []
    for unit in (places.by_key[each] for each, _ in shared.most_common(_LOOKED_AT)):
        like = SequenceMatcher(None, heard, places.sounds[unit.key], autojunk=False).ratio()
        if like >= _LIKE:
            spelt = SequenceMatcher(None, stem, unit.stem, autojunk=False).ratio()
            score = like + spelt + (unit.township == township) / 4 + (unit.kind == kind) / 8
            scored.append((-score, unit.key))
    near = [_with_reason(places, places.by_key[each], stem, kind, township) for _, each in sorted(scored)[:_OFFERED]]
    return Text(zh=listed([each.zh for each in near], "zh"), en=listed([each.en for each in near], "en")) if near else None


def _with_reason(places: Gazetteer, unit: Unit, stem: str, kind: str, township: str) -> Text:
    shown = Text.same(places.described(unit))
    if unit.stem != stem:
        reason = "sound" if places.sounds[unit.key] == sound(stem) else ""
    elif unit.kind != kind:
        reason = "kind"
    else:
        reason = "elsewhere" if township and unit.township != township else ""
    return phrases.text(f"resolve.near_{reason}", place=shown) if reason else shown
