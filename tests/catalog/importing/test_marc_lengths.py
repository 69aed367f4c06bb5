"""A record is cut by its field ends, whatever it says of its lengths."""

import pytest
from pymarc import Field, Indicators, Record, Subfield

from catalog.importing.reasons import Reason
from tests.catalog.importing.marc_files import UNSAID, UTF8, books, data, iso, real, written

TEXTS = [
    ("001", "N1"),
    ("020", data("$a9788937483264")),
    ("100", data("$a홍길동", "1 ")),
    ("245", data("$a산마루의 겨울 :$b마을 이야기 /$c홍길동 지음", "10")),
    ("260", data("$a서울 :$b가람,$c2019")),
    ("650", data("$a한국 문학", " 8")),
]
FIELDS = [(tag, text.encode()) for tag, text in TEXTS]
BESIDE = iso(("001", "N2"), ("245", data("$a이웃한 책")))
LENGTHS_WRONG = [(Reason.LENGTHS_WRONG, "")]


def fields_of(record):
    assert record.rejected is None
    values = record.fields
    return (record.control_number, values["title"], values["authors"], values["publisher"], values["subjects"])


RIGHT = ("N1", "산마루의 겨울 : 마을 이야기", ["홍길동"], "가람", ["한국 문학"])


def stated(raw: bytes, length: bytes, base: bytes | None = None) -> bytes:
    return length + raw[5:12] + (base or raw[12:17]) + raw[17:]


def test_right_lengths_are_nothing_to_note():
    [record] = books(written(FIELDS))

    assert fields_of(record) == RIGHT
    assert record.notes == []


@pytest.mark.parametrize(
    "raw",
    [
        written(FIELDS, lengths=[len(text) + 1 for _tag, text in TEXTS]),
        written(FIELDS, lengths=[len(text) for _tag, text in FIELDS]),
        written(FIELDS, lengths=[len(text) + 2 for _tag, text in FIELDS]),
        written(FIELDS, lengths=[0] * len(FIELDS)),
        stated(written(FIELDS), b"00000"),
        stated(written(FIELDS), b"99999", b"00000"),
        stated(written(FIELDS), b"     "),
        stated(written(FIELDS), b"123456"),
        written(FIELDS)[:4] + written(FIELDS)[5:],
        written(FIELDS).replace(b"245", b"245x", 1).replace(b"245x0", b"245x"),
    ],
    ids=["letters", "one less", "one more", "zeros", "00000", "99999", "blank", "longer", "short leader", "no digits"],
)
def test_wrong_lengths_change_nothing_but_a_note(raw):
    record, beside = books(raw, BESIDE)

    assert fields_of(record) == RIGHT
    assert (Reason.LENGTHS_WRONG, "") in record.notes
    assert beside.title == "이웃한 책"


def test_fields_stand_in_the_order_of_their_addresses():
    raw = written(FIELDS)
    entries = [raw[at : at + 12] for at in range(24, 24 + 12 * len(FIELDS), 12)]
    turned = raw[:24] + b"".join(reversed(entries)) + raw[24 + 12 * len(FIELDS) :]

    [record] = books(turned)

    assert fields_of(record) == RIGHT
    assert record.notes == []


def test_addresses_that_lost_their_first_digit_do_not_put_fields_into_another_order():
    fields = [*FIELDS[:3], *[("505", ("가" * 3_000).encode())] * 12, *FIELDS[3:]]
    at, directory = 0, ""
    for tag, content in fields:
        directory += f"{tag}{len(content) + 1:04d}{at % 100_000:05d}"
        at += len(content) + 1
    assert at > 100_000
    raw = written(fields)
    wrapped = (UTF8 + directory).encode() + raw[raw.index(b"\x1e") :]

    [record] = books(wrapped)

    assert fields_of(record) == RIGHT


@pytest.mark.parametrize("syllables", [3_400, 40_000])
def test_what_pymarc_writes_beyond_the_limits_is_read(syllables):
    made = Record(force_utf8=True)
    made.add_field(Field("001", data="N1"))
    for tag, *parts in (
        ("100", "a", "홍길동"),
        ("245", "a", "산마루의 겨울 :", "b", "마을 이야기 /"),
        ("260", "b", "가람,"),
        ("520", "a", "가" * syllables),
        ("650", "a", "한국 문학"),
    ):
        pairs = zip(parts[::2], parts[1::2], strict=True)
        made.add_field(Field(tag, Indicators("0", "0"), [Subfield(code, text) for code, text in pairs]))

    record, beside = books(made.as_marc(), BESIDE)

    assert fields_of(record) == RIGHT
    assert record.fields["description"] == "가" * syllables
    assert record.notes == LENGTHS_WRONG
    assert beside.title == "이웃한 책"


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n", b"\x1a", b"  \r\n", b"\xef\xbb\xbf", b"\0\0"])
def test_what_stands_between_records_is_no_part_of_them(between):
    read = books(b"\xef\xbb\xbf", written(FIELDS), between, BESIDE, between, written(FIELDS), between)

    assert [record.number for record in read] == [1, 2, 3]
    assert [record.title for record in read] == [RIGHT[1], "이웃한 책", RIGHT[1]]
    assert not any(record.notes for record in read)


def test_lines_between_fields_are_no_part_of_them():
    of_set = ("020", data("$a9788937483257", "1 ").encode())
    raw = written([*FIELDS[:2], of_set, *FIELDS[2:]]).replace(b"\x1e", b"\x1e\r\n")

    [record] = books(raw)

    assert fields_of(record) == RIGHT
    assert record.fields["other_isbns"] == []


@pytest.mark.parametrize("kept", [1, 100, 170, 200])
def test_a_record_that_breaks_off_is_rejected_and_its_neighbour_is_whole(kept):
    for read in (books(BESIDE, written(FIELDS)[:kept]), books(written(FIELDS)[:kept], BESIDE)):
        whole = [record for record in read if not record.rejected]
        assert [record.title for record in whole] == ["이웃한 책"]
        assert {record.rejected[0] for record in read if record.rejected} <= {Reason.UNREADABLE}


def test_a_record_that_lacks_its_end_only_is_whole():
    record, beside = books(written(FIELDS)[:-1], BESIDE)

    assert fields_of(record) == RIGHT
    assert record.notes == LENGTHS_WRONG
    assert beside.title == "이웃한 책"


def test_a_stray_end_inside_of_a_field_parts_nothing():
    fields = [*FIELDS[:3], ("245", data("$a산마루의 \x1e 겨울 :$b마을 이야기 /", "10").encode()), *FIELDS[4:]]

    assert fields_of(books(written(fields))[0]) == RIGHT


def test_a_field_that_is_lost_shifts_no_other():
    raw = written([*FIELDS, ("653", data("$a마을$a겨울").encode())])
    lost = FIELDS[4][1] + b"\x1e"
    assert lost in raw

    [record] = books(raw.replace(lost, b""))

    assert (record.title, record.fields["publisher"]) == (RIGHT[1], "")
    assert record.fields["subjects"] == ["한국 문학", "마을", "겨울"]
    assert (Reason.FIELD_DROPPED, "260") in record.notes


@pytest.mark.parametrize(
    "junk", [b"<html>no such page</html>\x1d", b"\x1e\x1e\x1d", b"00000nam\x1d", b"\xff\xfe\x00\x1e"]
)
def test_what_is_no_record_is_rejected(junk):
    read = books(junk, BESIDE)

    assert [record.title for record in read if not record.rejected] == ["이웃한 책"]
    assert all(record.rejected[0] == Reason.UNREADABLE for record in read[:-1])


def test_a_tag_that_is_none_is_noted():
    [record] = books(iso(("001", "N3"), ("2 5", data("$a남의 것")), ("245", data("$a별난 꼬리표"))))

    assert record.title == "별난 꼬리표"
    assert record.notes == [(Reason.FIELD_DROPPED, "2 5")]


def test_fields_without_indicators_or_subfields_are_read():
    [record] = books(iso(("012", "KMO202600009"), ("245", "\x1fa표시 없음"), ("260", "  서울"), leader=UTF8))

    assert (record.title, record.system, record.control_number) == ("표시 없음", "NLK", "KMO202600009")


@pytest.mark.parametrize(("name", "titles"), [
    ("reports/badlen.mrc", ["들판의 여름", "바다의 가을"]),
    ("reports/chars.mrc", ["산마루의 겨울", "강가의 봄"]),
])  # fmt: skip
def test_reported_files_are_read_whole(name, titles):
    read = books(real(name))

    assert [record.title for record in read] == titles
    assert all(record.fields["authors"] == ["홍길동"] and record.fields["subjects"] == ["한국 문학"] for record in read)
    assert read[0].notes == LENGTHS_WRONG


def test_the_leader_is_read_though_it_is_odd():
    [record] = books(iso(("245", data("$a지워진 책")), leader="00000dam a4400000 k 4500"))

    assert record.deleted
    assert record.notes == [(Reason.LEADER_ODD, record.notes[0][1])]
    assert not books(iso(("245", data("$a책")), leader=UNSAID.replace("22", "c2")))[0].notes[1:]
