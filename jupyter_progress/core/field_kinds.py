"""The kinds of text, names and numbers in requests, as the interface's description tells them.

The description alone: msgspec checks no more than the plain type, and the code in ``requests`` and
``names`` the rest, in words for a person.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from .names import (
    LABEL_LIMIT,
    MODEL_NAME,
    MODEL_NAME_LIMIT,
    NOTES_LIMIT,
    RUN_ID,
    TAGS_LIMIT,
    UPLOAD_ID,
)


def told(**schema: Any) -> msgspec.Meta:
    """What the description says of a field beyond its type."""
    return msgspec.Meta(extra_json_schema=schema)


_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_LINE_ENDS = r"\t\n\r\u2028\u2029"
_UNSEEN = r"\s\u00ad\u0600-\u0605\u061c\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_LABEL = f"^[^{_CONTROLS}{_LINE_ENDS}]*[^{_CONTROLS}{_UNSEEN}][^{_CONTROLS}{_LINE_ENDS}]*$"

Text = Annotated[str, told(minLength=1)]
Label = Annotated[str, told(minLength=1, maxLength=LABEL_LIMIT, pattern=_LABEL)]
Lines = Annotated[str, told(maxLength=NOTES_LIMIT, pattern=f"^[^{_CONTROLS}]*$")]
Remark = Annotated[
    str,
    told(
        minLength=1,
        maxLength=NOTES_LIMIT,
        pattern=rf"^[^{_CONTROLS}]*[^{_CONTROLS}\s][^{_CONTROLS}]*$",
    ),
]
Tags = Annotated[list[Label], told(maxItems=TAGS_LIMIT)]
ModelName = Annotated[str, told(maxLength=MODEL_NAME_LIMIT, pattern=f"^{MODEL_NAME.pattern}$")]
RunId = Annotated[str, told(pattern=f"^{RUN_ID.pattern}$")]
UploadId = Annotated[str, told(pattern=f"^{UPLOAD_ID.pattern}$")]
Share = Annotated[float, told(minimum=0, exclusiveMaximum=1)]
