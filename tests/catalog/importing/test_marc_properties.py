"""Any record reads back, however wrongly it was written; any bytes are read without an error and spoil no neighbour."""

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.importing.reasons import Reason
from tests.catalog.importing.marc_files import UNSAID, UTF8, books, data, iso, written, xml, xml_books, xml_record

SOME = settings(max_examples=60, derandomize=True)
# Syllables and words as they are: what nobody writes is nonsense, and rejected.
_WORDS = "느티나무 아래 마을 이야기 도서관 바람 겨울 산마루 강가의 봄 사람들 역사 문학 책 韓國 漢文 A of 21 C++"
WORDS = st.sampled_from(_WORDS.split())
TITLES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join).filter(lambda text: any(map("가".__le__, text)))
NAMES = st.sampled_from(["홍길동", "성춘향", "이강", "한느티", "정꽃샘"])
RECORDS = st.tuples(TITLES, NAMES, st.lists(WORDS, max_size=4, unique=True))
BETWEEN = st.sampled_from([b"", b"\r\n", b"\n", b"\x1a", b" \r\n", b"\xef\xbb\xbf"])
NEIGHBOUR = iso(("001", "N2"), ("245", data("$a이웃한 책")))


def fields_of(title: str, name: str, subjects: list[str]) -> list[tuple[str, str]]:
    """The fields of a record; the subjects share a 653."""
    return [
        ("001", "N1"),
        ("008", "260101s2025    ulka          000a  kor  "),
        ("100", data(f"$a{name}", "1 ")),
        ("245", data(f"$a{title} /$c{name} 지음", "10")),
        *[("653", data("".join(f"$a{subject}" for subject in subjects)))] * bool(subjects),
    ]


def lengths_in(way: str, fields: list[tuple[str, str]], encoding: str) -> list[int] | None:
    """What the directory says of the fields' lengths."""
    sizes = [len(text.encode(encoding)) + 1 for _tag, text in fields]
    return {
        "right": None,
        "letters": [len(text) + 1 for _tag, text in fields],
        "one less": [size - 1 for size in sizes],
        "one more": [size + 1 for size in sizes],
        "zeros": [0] * len(fields),
    }[way]


@SOME
@given(
    st.lists(
        st.tuples(
            RECORDS,
            st.sampled_from(["utf-8", "cp949", "utf-16-le", "utf-16-be"]),
            st.sampled_from(["right", "letters", "one less", "one more", "zeros"]),
            st.sampled_from([b"00000", b"99999", b"     ", None]),
            BETWEEN,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_records_with_wrong_lengths_and_encodings_read_back_the_same(made):
    file = b""
    for (title, name, subjects), encoding, way, length, between in made:
        bytes_as = "cp949" if encoding.startswith("utf-16") else encoding
        fields = fields_of(title, name, subjects)
        raw = written(
            [(tag, text.encode(bytes_as)) for tag, text in fields], UNSAID, lengths=lengths_in(way, fields, bytes_as)
        )
        raw = (length or raw[:5]) + raw[5:]
        if encoding.startswith("utf-16"):
            raw, between = ("\ufeff" + raw.decode("cp949") + "\r\n").encode(encoding), b""
        file += raw + between

    read = books(file)

    assert [record.rejected for record in read] == [None] * len(made)
    for record, ((title, name, subjects), *_way) in zip(read, made, strict=True):
        fields = record.fields
        assert (fields["title"], fields["authors"], fields["subjects"]) == (title, [name], subjects)
        assert (record.control_number, fields["published_year"], fields["language"]) == ("N1", 2025, "ko")


@SOME
@given(RECORDS, st.permutations(range(5)))
def test_fields_may_stand_in_any_order(made, order):
    fields = [(tag, text.encode()) for tag, text in fields_of(*made)][: len(order)]
    order = [place for place in order if place < len(fields)]
    raw = written([fields[place] for place in order])
    entries = {raw[at : at + 3]: raw[at : at + 12] for at in range(24, 24 + 12 * len(fields), 12)}
    directory = b"".join(entries[tag.encode()] for tag, _content in fields)

    [record] = books(raw[:24] + directory + raw[24 + len(directory) :])

    assert (record.title, record.notes) == (made[0], [])


@SOME
@given(st.binary(max_size=400).map(lambda junk: junk.replace(b"\x1d", b"")), st.booleans(), st.booleans())
def test_any_bytes_spoil_no_neighbour(junk, ended, between):
    file = NEIGHBOUR + junk + b"\x1d" * ended + (b"\x1d" if between else b"") + NEIGHBOUR

    read = books(file)

    assert [record.title for record in (read[0], read[-1])] == ["이웃한 책"] * 2
    assert read[0].notes == []


@SOME
@given(RECORDS, st.data())
def test_damaged_records_spoil_no_neighbour(made, draw):
    raw = iso(*fields_of(*made))
    for _time in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(raw) - 1))
        patch = draw.draw(st.binary(max_size=6).map(lambda some: some.replace(b"\x1d", b"")))
        raw = raw[:at] + patch + raw[at + draw.draw(st.integers(0, 12)) :]

    read = books(NEIGHBOUR, raw, NEIGHBOUR)

    assert [record.title for record in (read[0], read[-1])] == ["이웃한 책"] * 2


@SOME
@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "cp949", "marc-8", "latin-1", "utf-16", "shift_jis"]))
def test_any_bytes_are_read_in_any_encoding(junk, encoding):
    for file in (junk, UTF8.encode() + junk, junk.join([b"<record>", b"</record>"])):
        for record in (*books(file, encoding=encoding), *xml_books(file, encoding)):
            assert record.rejected is None or record.rejected[0] in Reason


@SOME
@given(st.text(max_size=200).filter(lambda text: "<!--" not in text and "<![CDATA[" not in text), TITLES)
def test_any_text_in_xml_spoils_no_neighbour(junk, title):
    text = xml(xml_record("1", title), f"<record><leader>{junk}</record>", xml_record("2", title))

    read = xml_books(text.encode("utf-8", "replace"))

    whole = [record.title for record in read if record.control_number in ("1", "2")]
    assert whole == [title, title]
