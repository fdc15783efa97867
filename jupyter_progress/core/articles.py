"""The article before a word that comes from somewhere else, such as the name of a type."""

from __future__ import annotations

import re

# Letters whose own names begin with a vowel: an SVC, an XGBClassifier, and a URL.
_SPELT_WITH_A_VOWEL = frozenset("AEFHILMNORSX")
# Written with a vowel, spoken as "you": a uint8, a UnitScaler, a UserModel; but an unknown.
_SPOKEN_YOU = re.compile(r"(?i:uint|uni(?!n|m)|use|usu|util|eu|ubi)")


def with_article(word: str) -> str:
    """``an object``, ``a list``, ``an SVC``, ``a uint8``."""
    # Letter by letter: several capitals, or no vowel to speak it by.
    if re.match(r"[A-Z](?:[A-Z]|\d|$)|nd", word) or re.fullmatch(r"[b-df-hj-np-tv-xz]+", word):
        is_vowel = word[0].upper() in _SPELT_WITH_A_VOWEL
    else:
        is_vowel = word[:1].lower() in tuple("aeiou") and not _SPOKEN_YOU.match(word)
    return f"{'an' if is_vowel else 'a'} {word}"
