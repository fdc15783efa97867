"""CSV and Parquet files, read into a frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import FileNotReadable, UnsuitableData

_PARQUET_MAGIC = b"PAR1"


def read_frame(path: Path, field: str) -> Any:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path
        The file; what it is, is told by its content and its suffix.
    field
        How messages name it.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    FileNotReadable
        It is missing, no regular file, or cannot be parsed.
    UnsuitableData
        It is empty.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise FileNotReadable(field, f"{path.name} cannot be read: {error.strerror}") from None
    if not magic:
        raise UnsuitableData(field, f"{path.name} is empty")
    frame = _parquet(path, field) if magic == _PARQUET_MAGIC else _csv(path, field)
    if frame.shape[0] == 0:
        raise UnsuitableData(field, f"{path.name} has no rows")
    return frame


def _csv(path: Path, field: str) -> Any:
    import pandas as pd

    try:
        return pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise FileNotReadable(field, f"{path.name} cannot be read as CSV: {error}") from None


def _parquet(path: Path, field: str) -> Any:
    import pandas as pd

    try:
        return pd.read_parquet(path)
    except ImportError:
        raise FileNotReadable(
            field,
            f"{path.name} is a Parquet file and pyarrow is not installed where the run trains; "
            "install it: pip install 'jupyter-progress[parquet]'",
        ) from None
    except (OSError, ValueError) as error:  # pyarrow's errors derive from these
        raise FileNotReadable(field, f"{path.name} cannot be read as Parquet: {error}") from None
