"""How many frames of sound a stream of MPEG audio holds, counted by its own frames.

It owns the four bytes that each of them starts with, and decodes nothing. A byte rate in the file's head is an average
at best, and 0 where the rate varies; the stream says itself how long it is.

    bits  11  all set
           2  version: 0 is 2.5, 2 is 2, 3 is 1          2  layer: 1 is III, 2 is II, 3 is I
           1  no checksum follows                         4  bit rate, by table; 0 and 15 are none
           2  sampling rate, by table; 3 is none          1  one more byte of padding
           9  what does not change the length

Source: ISO/IEC 11172-3, section 2.4.2.3; ISO/IEC 13818-3 for version 2; version 2.5 as MP3 encoders agree on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.intake.riff import Bytes

LOST_LIMIT_BYTES = 64 << 10
"""So much that is no frame is passed over, in all, before what is there is no such stream."""
FRAMES_LIMIT = 2_000_000
"""So many are counted, half a day at least; the rest is taken to be like these."""

_WINDOW_BYTES = 1 << 20
_SECOND_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_KBIT = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): _SECOND_LOW,
    (2, 3): _SECOND_LOW,
}
"""By version (2.5 counts as 2) and layer."""
_RATES_HZ = {0: (11_025, 12_000, 8000), 2: (22_050, 24_000, 16_000), 3: (44_100, 48_000, 32_000)}


@dataclass(frozen=True, slots=True)
class _Head:
    kind: tuple[int, int, int]
    """Version, layer, sampling rate: the same throughout a stream."""
    length_bytes: int
    samples: int


def count_frames(content: Bytes, offset: int, length_bytes: int) -> int:
    """Count the frames of sound (samples of each channel) in a stream; 0 when it is none.

    Args:
        content: The file.
        offset: Where the stream starts in it.
        length_bytes: How many bytes of it there are.

    Raises:
        OSError: the file cannot be read.
    """
    end = offset + length_bytes
    place, samples, counted, lost = offset, 0, 0, 0
    kind: tuple[int, int, int] | None = None
    window, window_at = b"", offset
    while place + 4 <= end:
        if counted == FRAMES_LIMIT:
            return samples * length_bytes // (place - offset)
        if not window_at <= place <= window_at + len(window) - 4:
            window, window_at = content.at(place, min(_WINDOW_BYTES, end - place)), place
            if len(window) < 4:
                break
        head = _head(window[place - window_at : place - window_at + 4])
        if head is None or kind not in (None, head.kind):
            place, lost = place + 1, lost + 1
            if lost > LOST_LIMIT_BYTES:
                return 0
            continue
        kind = head.kind
        samples, counted = samples + head.samples, counted + 1
        place += head.length_bytes
    return samples


def _head(found: bytes) -> _Head | None:
    first, second, third, _ = found
    if first != 0xFF or second & 0xE0 != 0xE0:
        return None
    version, layer = second >> 3 & 3, 4 - (second >> 1 & 3)
    rate, sampling, padding = third >> 4, third >> 2 & 3, third >> 1 & 1
    if version == 1 or layer == 4 or rate in (0, 15) or sampling == 3:
        return None
    bit_rate = 1000 * _RATES_KBIT[1 if version == 3 else 2, layer][rate]
    rate_hz = _RATES_HZ[version][sampling]
    if layer == 1:
        return _Head((version, layer, rate_hz), (12 * bit_rate // rate_hz + padding) * 4, 384)
    samples = 576 if layer == 3 and version != 3 else 1152
    return _Head((version, layer, rate_hz), samples // 8 * bit_rate // rate_hz + padding, samples)
