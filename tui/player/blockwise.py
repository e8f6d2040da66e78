"""GSM 6.10 and ADPCM, which decode by the block and only inside a WAV file.

It owns the header that makes some blocks cut out of a recording a WAV file again; libsndfile does the
decoding. libsndfile cannot seek in GSM 6.10 at all, so a part is cut at block boundaries and decoded as a
file of its own.

    offset  bytes  what (RFC 2361; Microsoft's "New Multimedia Data Types and Data Techniques", 1994)
    0       12     "RIFF", size, "WAVE"
    12      8      "fmt ", size
    20      16     tag, channels, rate_hz, bytes a second, block_bytes, bits
    36      2      size of the extension
    38      2      block_frames, then what the encoding adds (MS ADPCM: its coefficients)
    …       12     "fact", 4, frames
    …       8      "data", size
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import soundfile

from agent.errors import Undecodable
from tui.player.sound import Frames

_MS_COEFFICIENTS = (256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232)

_TAGS: Mapping[str, int] = MappingProxyType({"ms_adpcm": 0x02, "ima_adpcm": 0x11, "gsm610": 0x31})
_BITS: Mapping[str, int] = MappingProxyType({"ms_adpcm": 4, "ima_adpcm": 4, "gsm610": 0})

RUN_IN_BLOCKS: Mapping[str, int] = MappingProxyType({"gsm610": 8})
"""Blocks decoded and thrown away ahead of a part, for a decoder that remembers what came before.

GSM's long-term predictor forgets slowly: after one block a sample is off by up to 0.15 of full scale, after
four by 0.0015, after eight by nothing. ADPCM starts anew in every block.
"""

ENCODINGS = frozenset(_TAGS)


def decode_blocks(
    blocks: bytes, *, encoding: str, rate_hz: int, channels: int, block_bytes: int, block_frames: int
) -> Frames:
    """Decode whole blocks, shape (blocks * block_frames, channels).

    Raises:
        Undecodable: libsndfile refuses them.
    """
    count = len(blocks) // block_bytes
    fmt = _fmt(encoding, rate_hz, channels, block_bytes, block_frames)
    fact = struct.pack("<4sII", b"fact", 4, count * block_frames)
    data = blocks[: count * block_bytes]
    padded = data + b"\0" * (len(data) % 2)
    chunks = b"WAVE" + fmt + fact + struct.pack("<4sI", b"data", len(data)) + padded
    file = io.BytesIO(struct.pack("<4sI", b"RIFF", len(chunks)) + chunks)
    try:
        frames, _ = soundfile.read(file, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise Undecodable(encoding=encoding) from error
    return frames.astype(np.float32, copy=False)


def _fmt(encoding: str, rate_hz: int, channels: int, block_bytes: int, block_frames: int) -> bytes:
    extension = struct.pack("<H", block_frames)
    if encoding == "ms_adpcm":
        extension += struct.pack("<H14h", len(_MS_COEFFICIENTS) // 2, *_MS_COEFFICIENTS)
    bytes_a_second = rate_hz * block_bytes // block_frames
    fields = (_TAGS[encoding], channels, rate_hz, bytes_a_second, block_bytes, _BITS[encoding])
    body = struct.pack("<HHIIHH", *fields) + struct.pack("<H", len(extension)) + extension
    return struct.pack("<4sI", b"fmt ", len(body)) + body
