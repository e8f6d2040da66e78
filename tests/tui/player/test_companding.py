from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from tui.player.companding import ALAW, MULAW


@pytest.mark.parametrize(("subtype", "table"), [("ALAW", ALAW), ("ULAW", MULAW)])
def test_a_table_equals_libsndfile_bit_for_bit(subtype, table):
    codes = bytes(range(256))
    expected, _ = soundfile.read(
        io.BytesIO(codes), dtype="float32", samplerate=8000, channels=1, format="RAW", subtype=subtype
    )
    assert table.tobytes() == expected.tobytes()
    assert table.dtype == np.float32
