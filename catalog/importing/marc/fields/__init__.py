"""What the fields of a MARC record say of a book and its copies.

https://www.loc.gov/marc/bibliographic/ and KORMARC (KS X 6006-0), as libraries write them.
"""
