"""WebSocket frames that are built once and sent to many (RFC 6455, section 5.2)."""

from __future__ import annotations

from collections.abc import Iterable

TEXT_FRAME = 0x81  # the only fragment of a text message; a server does not mask


def text_frame(payload: bytes) -> bytes:
    """Put one text message into its frame."""
    size = len(payload)
    if size < 126:
        return bytes((TEXT_FRAME, size)) + payload
    if size < 1 << 16:
        return bytes((TEXT_FRAME, 126)) + size.to_bytes(2, "big") + payload
    return bytes((TEXT_FRAME, 127)) + size.to_bytes(8, "big") + payload


def array_frame(items: Iterable[bytes]) -> bytes:
    """Put encoded messages into one frame: a JSON array of them."""
    return text_frame(b"[" + b",".join(items) + b"]")
