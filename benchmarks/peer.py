"""SLiMS 9.7, a library system in PHP, as its staff's browser and its readers' browsers call it.

The addresses and fields are those of its forms; each call is checked for having done what it should.
"""

import http.client
import re
import subprocess
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

SQL = Path(__file__).parent / "slims.sql"
BOOKS, MEMBERS, FIRST_LENT = 10_000, 20_000, 30_001
"""As in `slims.sql`: items from this number on are lent."""
CIRCULATION = "/admin/modules/circulation/"
ACTION = f"{CIRCULATION}circulation_action.php"
TIMEOUT = 60


class NotDone(Exception):
    """A call was answered otherwise than it should have been."""


class Browser:
    """One kept-alive connection with its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.cookies: dict[str, str] = {}

    def rest(self) -> None:
        """Closes the connection, which the other side would not keep for long; the next call opens it again."""
        self._connection.close()

    def send(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """The answer's status and text."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, path, body or None, {"Cookie": cookies, **headers})
        response = self._connection.getresponse()
        for line in response.headers.get_all("Set-Cookie", ()):
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        return response.status, response.read().decode(errors="replace")

    def post(self, path: str, **fields: str) -> str:
        """What a form is answered."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, text = self.send("POST", path, urlencode(fields), **form)
        if status >= 400:
            raise NotDone(f"{path} answered {status}: {text[:300]}")
        return text

    def get(self, path: str) -> str:
        """A page."""
        status, text = self.send("GET", path)
        if status != 200:
            raise NotDone(f"{path} answered {status}: {text[:300]}")
        return text


class Slims(Browser):
    """A librarian who is signed in there. `items` are barcodes that are in, `lent` are out, `members` take turns."""

    def __init__(self, port: int, user: str, password: str) -> None:
        super().__init__(port)
        page = self.get("/index.php?p=login")
        token = re.search(r'name="(_csrf_token_\w+)" value="(\w+)"', page)
        fields = {token[1]: token[2]} if token else {}
        self.post("/index.php?p=login", userName=user, passWord=password, logMeIn="Login", **fields)
        if self.cookies.get("admin_logged_in") != "1":
            raise NotDone("SLiMS did not let the librarian in")

    def lend(self, member: str, item: str) -> None:
        """The three calls without which there is no loan."""
        self.post(ACTION, memberID=member)
        self._add(item)

    def lend_at_the_desk(self, member: str, item: str) -> None:
        """All that a browser asks for: the member's page, its frame, the item, the frame again, the end."""
        self.post(ACTION, memberID=member)
        self.get(f"{CIRCULATION}loan.php")
        self._add(item, f"{CIRCULATION}loan.php")

    def _add(self, item: str, then: str = "") -> None:
        answer = self.post(ACTION, tempLoanID=item)
        if "toastr.info" in answer or "toastr.error" in answer:
            raise NotDone(f"SLiMS did not lend {item}: {answer[:300]}")
        if then:
            self.get(then)
        self.post(ACTION, finish="true")

    def take_back(self, item: str) -> None:
        """By the barcode alone."""
        answer = self.post(ACTION, quickReturnID=item)
        if item not in answer or "errorBox" in answer:
            raise NotDone(f"SLiMS did not take {item} back: {answer[:300]}")

    def record(self, number: int) -> None:
        """A book's page."""
        self.get(f"/index.php?p=show_detail&id={number}")

    def search(self, words: str) -> None:
        """The page of results, which are some."""
        page = self.get(f"/index.php?{urlencode({'keywords': words, 'search': 'search'})}")
        if 'class="found-info">Found <strong>0' in page or "Found <strong>" not in page:
            raise NotDone(f"SLiMS found nothing for {words!r}")


def fill(socket: str, database: str) -> None:
    """Empties a SLiMS and fills it, by the socket of its MariaDB: see `slims.sql` for how many there are of each."""
    with SQL.open(encoding="utf-8") as script:
        subprocess.run(["mariadb", "-S", socket, database], stdin=script, check=True)
