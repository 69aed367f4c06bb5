"""What a statement brings as one value where it would be several rows, on either database."""

DUE = "CASE WHEN line.claimed_on IS NULL THEN other.due_on ELSE '9999-12-31' END"
"""What is claimed to be returned is never overdue."""
OUT = f"{DUE} || COALESCE(terms.copy_type, '') || ':' || line.items"
GATHERED = {"gather": OUT, "gather_holds": "hold.book_id", "gather_family": "member.user_id"}
"""What comes in one value: the copies out, each as its due date, its type and the number of its items
(`2026-03-16dvd:1`), the books waited for, and the members of the family."""
GATHER = {
    "postgresql": {name: f"string_agg(({what})::text, ',')" for name, what in GATHERED.items()},
    "sqlite": {name: f"group_concat({what})" for name, what in GATHERED.items()},
}


def ids_of(value: str | int | None) -> frozenset[int]:
    """The ids that were gathered."""
    return frozenset(map(int, str(value).split(","))) if value else frozenset()
