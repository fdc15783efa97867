"""Which of the known names a person meant who wrote one that is not known."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable

_LEAST = 2  # letters that a beginning must have to tell anything
_LONGEST = 200  # characters that are compared: difflib's time grows with the square
_COMPARED = 1000  # names, with what may be a misspelling of one: a file can have a million columns


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Find the known name that is meant.

    What is an abbreviation for a person, ``acc`` for ``accuracy``, has few letters in common with
    the whole, so a beginning counts before likeness; case and separators count for nothing.

    Parameters
    ----------
    name
        What was written.
    known
        The names that there are; of two that are as near, the one that comes first. Of very many,
        only the first thousand are held against a misspelling.
    cutoff
        How alike two names must be, 0-1, where one does not begin with the other.

    Returns
    -------
    str or None
        None where nothing is near.
    """
    plain: dict[str, str] = {}
    for candidate in known:
        plain.setdefault(_plain(candidate), candidate)
    asked = _plain(name)
    if asked in plain:
        return plain[asked]
    longer = [candidate for candidate in plain if candidate.startswith(asked)]
    if longer and len(asked) >= _LEAST:
        return plain[min(longer, key=len)]
    compared = itertools.islice(plain, _COMPARED)
    near = difflib.get_close_matches(asked, compared, n=1, cutoff=cutoff)
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    folded = name.strip()[:_LONGEST].casefold()
    return folded.replace("-", "_").replace(" ", "_")
