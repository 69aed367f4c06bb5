"""One value, one reader: what people type, scanners send and files hold, read the same at every door.

Each module has one function, `read_...`, which takes what was given and returns the value, or raises `ValueError` with
a sentence for a person. No database, no clock, no request.
"""
