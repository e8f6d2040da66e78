from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from agent.intake import call_records
from agent.intake.call_records import CallRecords
from tests.agent.intake.metadata.test_master_csv import LINE


def line(unique_id: str, **changed: str) -> bytes:
    text = LINE.replace("1795435500.265", unique_id).replace("1795435500.264", unique_id)
    for old, new in changed.items():
        text = text.replace(old, new)
    return text.encode() + b"\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "Master.csv").write_bytes(line("1.1") + line("1.2"))
    return tmp_path / "Master.csv"


@pytest.fixture
def records(file: Path) -> Iterator[CallRecords]:
    made = CallRecords(file)
    yield made
    made.close()


def ids(records: CallRecords) -> list[str]:
    return ids_since(records, None)


def ids_since(records: CallRecords, since: datetime | None) -> list[str]:
    with closing(records.since(since)) as found:
        return [call.unique_id for call in found.calls()]


def is_known(records: CallRecords, *unique_ids: str) -> bool:
    found = [records.of(unique_id) for unique_id in unique_ids]
    return [call.unique_id if call else None for call in found] == list(unique_ids)


def test_only_what_is_new_is_read_and_only_whole_lines(file: Path, records: CallRecords) -> None:
    assert records.read_on() == 2
    assert records.read_on() == 0
    with file.open("ab") as more:
        more.write(line("1.3")[:50])
        more.flush()
        assert records.read_on() == 0
        assert records.of("1.3") is None
        more.write(line("1.3")[50:])
    assert records.read_on() == 1
    assert is_known(records, "1.1", "1.2", "1.3")
    assert ids(records) == ["1.1", "1.2", "1.3"]


def test_a_rotated_file_is_read_to_its_end_and_then_the_new_one(file: Path, records: CallRecords) -> None:
    records.read_on()
    with file.open("ab") as more:
        more.write(line("1.3"))
    file.rename(file.with_name("Master.csv.1"))
    with pytest.raises(FileNotFoundError):
        records.read_on()
    assert is_known(records, "1.3")
    file.write_bytes(line("1.4"))
    assert records.read_on() == 1
    assert ids(records) == ["1.1", "1.2", "1.3", "1.4"]


def test_a_file_that_was_cut_to_zero_begins_anew(file: Path, records: CallRecords) -> None:
    records.read_on()
    file.write_bytes(line("2.1"))
    assert records.read_on() == 1
    file.write_bytes(b"".join(line(f"3.{n}") for n in range(9)))
    assert records.read_on() == 9
    assert ids(records) == [f"3.{n}" for n in range(9)]


def test_at_the_start_rotated_files_are_read_too_the_oldest_first(file: Path, records: CallRecords) -> None:
    for age, name in enumerate(("Master.csv.1", "Master.csv-20261101", "Master.csv.2.gz", "Other.csv")):
        rotated = file.with_name(name)
        rotated.write_bytes(line(f"0.{age}"))
        os.utime(rotated, (1000 - age, 1000 - age))
    records.read_on()
    assert ids(records) == ["0.1", "0.0", "1.1", "1.2"]


def test_of_several_lines_of_a_call_the_answered_one_is_its(file: Path, records: CallRecords) -> None:
    busy = line("1.3", ANSWERED="BUSY")
    file.write_bytes(busy + line("1.3", **{",238,": ",77,"}) + busy)
    records.read_on()
    call = records.of("1.3")
    assert call is not None
    assert call.billed_s == 77


def test_lines_that_are_none_are_counted_and_passed_over(file: Path, records: CallRecords) -> None:
    with file.open("ab") as more:
        more.write(b"no line\n" + b"x" * 100_000 + b"\n" + b"\xff\xfe,\n" + line("1.3"))
    records.read_on()
    assert is_known(records, "1.3")
    assert records.unreadable_lines >= 3


def test_what_is_no_file_is_not_opened(file: Path, records: CallRecords) -> None:
    target = file.rename(file.with_name("elsewhere"))
    for make in (lambda: file.symlink_to(target), lambda: os.mkfifo(file), file.mkdir):
        make()
        with pytest.raises(OSError, match=r"no file|symbolic links"):
            records.read_on()
        file.rmdir() if file.is_dir() and not file.is_symlink() else file.unlink()


def test_old_files_are_forgotten_when_there_are_too_many_calls(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "CALLS_LIMIT", 3)
    records.read_on()
    file.rename(file.with_name("Master.csv.1"))
    file.write_bytes(line("1.3") + line("1.4"))
    records.read_on()
    assert ids(records) == ["1.3", "1.4"]
    assert records.of("1.1") is None


def test_it_holds_little_of_many_calls_and_reads_them_in_pieces(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "_READ_BYTES", 100)
    file.write_bytes(b"".join(line(f"5.{n}") for n in range(50)))
    records.read_on()
    assert ids(records) == [f"5.{n}" for n in range(50)]
    assert is_known(records, "5.0", "5.49")


def test_of_years_of_calls_the_last_are_read_from_the_beginning_of_a_line_on(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(line("5.0"))
    for name, call in (("Master.csv.2", "2.0"), ("Master.csv.1", "4.0")):
        file.with_name(name).write_bytes(b"".join(line(call) for _ in range(3)))
    os.utime(file.with_name("Master.csv.2"), (1, 1))
    file.write_bytes(line("5.0") + line("5.1"))
    monkeypatch.setattr(call_records, "FIRST_READ_BYTES", 3 * size + size // 2)
    records.read_on()
    assert ids(records) == ["4.0", "5.0", "5.1"]
    assert is_known(records, "4.0", "5.0", "5.1")
    assert records.of("2.0") is None


@pytest.mark.parametrize("cut", [0, 1])
def test_of_one_large_file_the_last_lines_are_read(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    file.write_bytes(b"".join(line(f"5.{n}") for n in range(5)))
    monkeypatch.setattr(call_records, "FIRST_READ_BYTES", 3 * len(line("5.0")) - cut)
    records.read_on()
    assert ids(records) == ["5.2", "5.3", "5.4"][cut:]
    assert records.unreadable_lines == 0


def test_of_one_file_the_first_calls_are_forgotten_when_there_are_too_many(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "CALLS_LIMIT", 2)
    file.write_bytes(b"".join(line(f"5.{n}") for n in range(4)))
    records.read_on()
    assert is_known(records, "5.2", "5.3")
    assert records.of("5.1") is None


def of_day(day: int, unique_id: str) -> bytes:
    return line(unique_id, **{"2026-11-23": f"2026-11-{day:02d}"})


def test_whoever_asks_for_the_last_days_does_not_read_those_before(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "_STEP_BYTES", 1)
    file.write_bytes(b"".join(of_day(day, f"1.{day}") for day in range(1, 11)))
    records.read_on()
    with file.open("ab") as more:
        more.write(of_day(11, "1.11"))
    records.read_on()
    assert ids_since(records, datetime.fromisoformat("2026-11-09")) == ["1.9", "1.10", "1.11"]
    assert ids_since(records, datetime.fromisoformat("2026-11-12")) == []
    assert ids_since(records, datetime.fromisoformat("2026-10-31")) == [f"1.{day}" for day in range(1, 12)]
    with closing(records.since(datetime.fromisoformat("2026-11-09"))) as found:
        assert found.first_started == datetime.fromisoformat("2026-11-01T14:04:58")


def test_a_call_that_stands_behind_later_ones_is_found_all_the_same(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "_STEP_BYTES", 1)
    file.write_bytes(b"".join(of_day(day, f"1.{day}") for day in (1, 9, 2, 3, 10)))
    records.read_on()
    assert ids_since(records, datetime.fromisoformat("2026-11-08")) == ["1.9", "1.2", "1.3", "1.10"]


def test_of_a_file_that_was_written_anew_nothing_old_is_known(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "_STEP_BYTES", 1)
    file.write_bytes(b"".join(of_day(day, f"1.{day}") for day in range(1, 11)))
    records.read_on()
    file.write_bytes(of_day(3, "2.3") + of_day(4, "2.4"))
    records.read_on()
    assert ids_since(records, datetime.fromisoformat("2026-11-04")) == ["2.4"]
    with closing(records.since(None)) as found:
        assert found.first_started == datetime.fromisoformat("2026-11-03T14:04:58")


def test_what_was_asked_for_can_be_read_when_it_was_forgotten_meanwhile(
    file: Path, records: CallRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.read_on()
    with closing(records.since(None)) as found:
        monkeypatch.setattr(call_records, "CALLS_LIMIT", 1)
        file.rename(file.with_name("Master.csv.1"))
        file.write_bytes(line("1.3"))
        records.read_on()
        assert ids(records) == ["1.3"]
        assert [call.unique_id for call in found.calls()] == ["1.1", "1.2"]
