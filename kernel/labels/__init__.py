"""Numbers on labels and cards: the library's own rules for older ones, and how every door reads them."""
