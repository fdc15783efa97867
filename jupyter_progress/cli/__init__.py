"""``jupyter progress …``: the command line. Each command is a file of this folder."""

from .main import main

__all__ = ["main"]
