"""Files of barcodes, from a hand-held scanner or a spreadsheet."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from catalog.models import Scan
from catalog.stocktaking.files import preview, read
from catalog.stocktaking.kind import BARCODES, FileOptions
from catalog.stocktaking.services import end_stocktaking, stop_stocktaking
from kernel.importing.batches import Work, batches, take_batch
from kernel.importing.models import Import
from kernel.importing.records import CannotImportError
from kernel.storage.databases import atomic_in, database_of
from tests.bus import Bus
from tests.catalog.stocktaking.shelves import ADA, BO, a_stocktaking, on_lists, shelve

pytestmark = pytest.mark.django_db
NAMES = [f"EM{number:04}" for number in range(1, 8)]


@pytest.fixture
def file(tmp_path: Path, bus: Bus) -> Path:
    """Seven copies stand on the shelf; the file has four of them, one twice, and one that nobody knows."""
    for number, name in enumerate(NAMES):
        shelve(name, f"81{number} 김11ㄱ")
    path = tmp_path / "scanned.txt"
    path.write_text("\r\n".join([*NAMES[:4], NAMES[0], "ZZ9999", ""]), "utf-8")
    return path


def taken(path: Path, stocktaking: int) -> Import:
    """What came of the file."""
    now = timezone.now()
    made = {"kind": BARCODES.name, "digest": "0", "created_at": now, "lease_until": now, "status": "running", "by": BO}
    options = {"stocktaking": stocktaking}
    run = Import.objects.using(database_of("catalog")).create(file_name=path.name, options=options, **made)
    work = Work(run=run, kind=BARCODES, clock=timezone.now, lease=timedelta(minutes=1))
    for batch in batches(read(path, options, 0)):
        take_batch(work, batch)
    return run


def test_a_bare_list_is_read_once_a_number(file: Path) -> None:
    one = a_stocktaking()
    run = taken(file, one.pk)
    assert (run.position, run.added, run.unchanged, run.skipped) == (6, 5, 1, 0)
    assert list(run.entries.values_list("number", "reason")) == [(6, "unknown")]
    assert on_lists(one) == {"missing": NAMES[4:], "unknown": ["ZZ9999"]}
    assert {*Scan.objects.values_list("by", "run")} == {(BO, run.pk)}
    again = taken(file, one.pk)
    assert (again.added, again.unchanged) == (0, 6)


def test_undoing_a_file_takes_its_numbers_back_until_the_end(file: Path) -> None:
    one = a_stocktaking()
    run = taken(file, one.pk)
    with atomic_in("catalog"):
        assert BARCODES.undo(run, 100, timezone.now()) == (5, [])
    one.refresh_from_db()
    assert (one.scanned, one.met, Scan.objects.count()) == (0, 0, 0)
    run = taken(file, one.pk)
    end_stocktaking(one.pk, by=ADA, now=timezone.now())
    with atomic_in("catalog"):
        done, kept = BARCODES.undo(run, 100, timezone.now())
    assert (done, [entry.reason for entry in kept]) == (0, ["ended"])


def test_a_stocktaking_that_was_stopped_takes_nothing(file: Path) -> None:
    one = a_stocktaking()
    assert FileOptions({"stocktaking": one.pk}).is_valid()
    stop_stocktaking(one.pk, now=timezone.now())
    assert not FileOptions({"stocktaking": one.pk}).is_valid()
    run = taken(file, one.pk)
    assert (run.added, run.skipped, {*run.entries.values_list("reason", flat=True)}) == (0, 6, {"not_going_on"})


@pytest.mark.parametrize(
    "lines",
    [
        ["{}"],
        ["{},1"],
        ["2026-12-01,10:15:00,{}", "2026-12-01,10:15:02,{}"],
        ["20261201101500;{}", "20261201101502;{}"],
        ["001\t{}", "002\t{}"],
        ["홍길동,T01,{}"],
        ["EM-ROOM,{},10:15"],
    ],
)
def test_a_list_without_a_heading_may_say_when_and_by_whom_a_number_was_read(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "scanned.txt"
    names = ["0000011", "0000012", "EM0003", "0000012"][: 4 if len(lines) == 1 else 2]
    text = "\r\n".join(lines[place % len(lines)].format(name) for place, name in enumerate(names))
    path.write_text(f"{text}\r\n\x1a", "utf-8")
    assert [(one.barcode, bool(one.rejected)) for one in read(path, {}, 0)] == [(name, False) for name in names]


def test_a_table_is_read_by_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "scanned.csv"
    path.write_text("순번,등록번호\n1,EM0001\n2,\n3,EM0002\n", "cp949")
    assert [(one.barcode, bool(one.rejected)) for one in read(path, {}, 0)] == [
        ("EM0001", False), ("", True), ("EM0002", False),
    ]  # fmt: skip
    assert preview(path, {}).columns == [("순번", ""), ("등록번호", "barcode")]
    path.write_text('등록번호,서명,가격\nEM0001,계,500\n합계,,"9,500"\n계,2권,9500\n', "utf-8")
    assert [one.rejected and one.rejected[0] for one in read(path, {}, 0)] == [None, "total_row", "total_row"]
    path.write_text("목록\n가나다\n", "utf-8")
    with pytest.raises(CannotImportError):
        list(read(path, {}, 0))
