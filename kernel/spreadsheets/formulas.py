"""Cells that a spreadsheet would take for a formula: what is written with an apostrophe is read without it."""

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def escaped(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not work it out."""
    return f"'{cell}" if cell.lstrip("'").startswith(BEGINS_A_FORMULA) else cell


def unescaped(cell: str) -> str:
    """The cell that `escaped` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(BEGINS_A_FORMULA) else cell
