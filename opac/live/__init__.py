"""Live stock: what an open page says of its books is at most two seconds old.

`GET /live/stock?books=7,12` (1 to 50 ids) is answered with `{"7": [available, total, for_loan], ...}`, by whom it may
concern: it needs no sign-in and knows no session. `books=7-2-3-3,12-0-1-1` says what the page shows: it is answered as
soon as that is not true of one of them, or after some time. A book that was not asked for before may be missing in an
answer, and is in the next one. 503 with `Retry-After` means that lending can't be asked. Why it is made of polls, and
what they cost: docs/decisions/0024.

A page shows the stock of a book with `{% live_stock book.pk stock %}` (opac/templatetags/live_stock.py), and
`static/opac/live.js` keeps it current.
"""
