"""Files, functions and folders stay small, so that a reader sees each as a whole."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.architecture.test_contexts import PRODUCT, sources

LARGEST_FILE, MEDIAN_FILE = 200, 60
LARGEST_FUNCTION, MEDIAN_FUNCTION = 40, 8
LARGEST_FOLDER = 16
LARGEST_TEST_FILE = 300


def lines_of(path: Path) -> int:
    """How many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a file, each with its number of lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path}: {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_stay_small() -> None:
    sizes = {path: size for path in sources(*PRODUCT) if (size := lines_of(path))}
    assert not [str(path) for path, size in sizes.items() if size > LARGEST_FILE]
    assert median(sizes.values()) <= MEDIAN_FILE


def test_functions_stay_small() -> None:
    sizes = dict(found for path in sources(*PRODUCT) for found in functions(path))
    assert not [name for name, size in sizes.items() if size > LARGEST_FUNCTION]
    assert median(sizes.values()) <= MEDIAN_FUNCTION


def test_folders_stay_small() -> None:
    folders = {path.parent for path in sources(*PRODUCT)}
    assert not [str(folder) for folder in folders if len(list(folder.glob("*.py"))) > LARGEST_FOLDER]


def test_test_files_stay_small() -> None:
    assert not [str(path) for path in sources("tests") if lines_of(path) > LARGEST_TEST_FILE]
