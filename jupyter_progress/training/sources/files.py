"""CSV, Parquet and Arrow files, read into a frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.names import shorten
from ...errors import FileNotReadable, UnsuitableData

# By their endings.
FORMATS = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
_PARQUET_MAGIC = b"PAR1"
_ARROW_MAGIC = b"ARRO"
_PARQUET_SUFFIXES = (".parquet", ".pq")
_ARROW_SUFFIXES = (".arrow", ".feather")
_CELL_BYTES = 8
# pyarrow's errors derive from these.
_UNREADABLE = (OSError, ValueError, NotImplementedError, KeyError, TypeError, RuntimeError)


def read_frame(path: Path, field: str) -> Any:
    """Read a CSV, Parquet or Arrow file.

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
    if magic != _PARQUET_MAGIC and path.suffix.lower() in _PARQUET_SUFFIXES:
        raise FileNotReadable(
            field,
            f"{path.name} is no Parquet file: it does not begin with PAR1; expected what "
            "DataFrame.to_parquet writes, or a CSV file with another ending",
        )
    if magic == _PARQUET_MAGIC:
        frame = _parquet(path, field)
    elif magic == _ARROW_MAGIC or path.suffix.lower() in _ARROW_SUFFIXES:
        frame = _arrow(path, field)
    else:
        frame = _csv(path, field)
    if frame.shape[0] == 0:
        raise UnsuitableData(field, f"{path.name} has no rows")
    return frame


def unpacked_bytes(path: Path) -> int:
    """About what a Parquet file takes in memory, by its own footer; 0 where that cannot be read."""
    facts = _footer(path)
    return 0 if facts is None else int(facts.num_rows) * int(facts.num_columns) * _CELL_BYTES


def least_bytes(path: Path) -> int:
    """What the columns of a Parquet file take in memory, by their types alone; 0 where unknown."""
    facts = _footer(path)
    if facts is None:
        return 0
    return int(facts.num_rows) * sum(_width(kind) for kind in facts.schema.to_arrow_schema().types)


def _width(kind: Any) -> int:
    try:
        return max(1, int(kind.bit_width) // 8)
    except ValueError:  # of a varying width: text, lists, categories
        return 1


def row_count(path: Path) -> int | None:
    """How many rows a Parquet file has; None where that cannot be read."""
    facts = _footer(path)
    return None if facts is None else int(facts.num_rows)


def _footer(path: Path) -> Any:
    try:
        from pyarrow import parquet

        return parquet.read_metadata(path)
    except (ImportError, *_UNREADABLE):
        return None


def _csv(path: Path, field: str) -> Any:
    import pandas as pd

    try:
        return pd.read_csv(path)
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start} is 0x{error.object[error.start]:02x}"
        raise FileNotReadable(
            field, f"{path.name} is no text in UTF-8 ({wrong}); save it as CSV in UTF-8"
        ) from None
    except MemoryError:
        raise _too_large(path, field) from None
    except (ValueError, OverflowError) as error:  # pandas' own errors derive from the first
        words = one_line(error).removeprefix("Error tokenizing data. C error: ")
        raise FileNotReadable(field, f"{path.name} cannot be read as CSV: {words}") from None


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
    except MemoryError:
        raise _too_large(path, field) from None
    except _UNREADABLE as error:
        words = one_line(error).replace(f" '{path}'", "")
        raise FileNotReadable(field, f"{path.name} cannot be read as Parquet: {words}") from None


def _arrow(path: Path, field: str) -> Any:
    """A file of Arrow's own format (Feather, version 2), mapped: numbers stay where they are."""
    try:
        import pyarrow
        from pyarrow import ipc
    except ImportError:
        raise FileNotReadable(
            field,
            f"{path.name} is an Arrow file and pyarrow is not installed where the run trains; "
            "install it: pip install 'jupyter-progress[parquet]'",
        ) from None
    try:
        with pyarrow.memory_map(str(path)) as source:
            return ipc.open_file(source).read_all().to_pandas(split_blocks=True)
    except MemoryError:
        raise _too_large(path, field) from None
    except _UNREADABLE as error:
        words = one_line(error).replace(f" '{path}'", "")
        raise FileNotReadable(field, f"{path.name} cannot be read as Arrow: {words}") from None


def _too_large(path: Path, field: str) -> UnsuitableData:
    return UnsuitableData(field, f"{path.name} does not fit into the memory; take fewer rows")


def one_line(error: Exception) -> str:
    """An error's words without line ends, and not without end."""
    return shorten(" ".join(str(error).split()), 300)
