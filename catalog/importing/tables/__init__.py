"""Tables of books: lists of holdings, 정보나루, Goodreads, and whatever a librarian keeps in a spreadsheet."""
