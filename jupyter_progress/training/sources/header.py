"""The names of a CSV file's columns, read without its rows.

pandas makes an object for each column, also where no row is asked for: a million names, which are a
file of seven megabytes, take it more than a minute.
"""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

HEADER_LIMIT_BYTES = 64 << 20


def csv_names(path: Path) -> list[str]:
    """The names in the first line that is not empty.

    As the file has them: where pandas finds a name twice, it calls the second one ``name.1``.

    Raises
    ------
    ValueError
        The line is no CSV in UTF-8, or does not end.
    OSError
    """
    with path.open("rb") as file:
        start = file.read(1 << 16)
        while b"\n" not in start.strip() and len(start) < HEADER_LIMIT_BYTES:
            more = file.read(1 << 20)
            if not more:
                break
            start += more
    if len(start) >= HEADER_LIMIT_BYTES:
        raise ValueError(f"its first line has {HEADER_LIMIT_BYTES:,} bytes or more")
    # Not in one go: the last character may have been cut.
    text = codecs.getincrementaldecoder("utf-8-sig")().decode(start)
    try:
        rows = csv.reader(io.StringIO(text, newline=""))
        return next((row for row in rows if row), [])
    except csv.Error as error:
        raise ValueError(str(error)) from None
